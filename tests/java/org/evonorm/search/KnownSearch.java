package org.evonorm.search;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;
import org.evonorm.search.progress.SearchObserver;
import org.evonorm.search.progress.SearchSummary;
import org.evonorm.search.trial.CandidateEvaluator;
import org.evonorm.settings.Accepted;
import org.evonorm.settings.Settings;

/** Searches on {@linkplain KnownAccuracies known accuracies}, for tests that need the tables of a run. */
public final class KnownSearch {

    private KnownSearch() {}

    /** Searches in a folder; of 60 proposals per generation about ten are trained. */
    public static SearchSummary run(SparkSession spark, Path folder, int generations, String... more) {
        return run(spark, folder.toString(), generations, new KnownAccuracies(), SearchObserver.SILENT, more);
    }

    /** As the other, in a folder of any file system, with an evaluator that gives the same results. */
    public static SearchSummary run(
            SparkSession spark,
            String folder,
            int generations,
            CandidateEvaluator evaluator,
            SearchObserver observer,
            String... more) {
        List<String> overrides = new ArrayList<>(List.of(
                "search.generations=" + generations,
                "search.seed=2",
                "search.proposals=60",
                "search.window=30",
                "search.tournament-share=0.2",
                "search.baselines=[BN-ReLU, EvoNorm-B0]"));
        overrides.addAll(List.of(more));
        overrides.add("search.run=" + folder);
        return Search.run(
                spark, Settings.load(Optional.empty(), overrides), evaluator, "1234", Accepted.NOTHING, observer);
    }
}
