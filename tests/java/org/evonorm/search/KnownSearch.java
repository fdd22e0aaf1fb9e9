package org.evonorm.search;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;

/** A search whose layers have {@linkplain KnownAccuracies known accuracies}, for tests that need the tables of a run. */
public final class KnownSearch {

    private KnownSearch() {}

    /** Searches in a folder; of 60 proposals a generation about ten are trained. */
    public static SearchSummary run(SparkSession spark, Path folder, int generations, String... more) {
        List<String> overrides = new ArrayList<>(List.of("search.generations=" + generations, "search.seed=2",
                "search.proposals=60", "search.window=30", "search.tournament-share=0.2",
                "search.yardsticks=[BN-ReLU, EvoNorm-B0]"));
        overrides.addAll(List.of(more));
        overrides.add("search.run=" + folder);
        return Search.run(spark, Settings.load(Optional.empty(), overrides), new KnownAccuracies(), "1234", false,
                SearchObserver.SILENT);
    }
}
