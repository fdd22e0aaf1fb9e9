package org.evonorm.store;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import scala.Tuple2;

/**
 * The ids of all candidates of a run that a later candidate may be a duplicate of, by value key. There may be millions,
 * so that the executors read them, a file at a time.
 */
public final class Originals {

    private Originals() {}

    /** The file of a generation's candidates, as it goes to an executor. */
    private record CandidatesFile(String path, SerializableConfiguration hadoop, String mend) implements Serializable {

        /** Baselines are left out, since a search may find them again. */
        private List<Tuple2<String, String>> originals() {
            List<Tuple2<String, String>> originals = new ArrayList<>();
            new TableFile(new Path(path), Table.CANDIDATES.parquet(), hadoop.value(), mend)
                    .read(List.of("id", "origin", "status", "value_key"), row -> {
                        String status = row.text("status");
                        if (!status.equals("duplicate")
                                && !status.equals("rejected-static")
                                && !CandidateRow.isBaseline(row)) {
                            row.optionalText("value_key")
                                    .ifPresent(key -> originals.add(new Tuple2<>(key, row.text("id"))));
                        }
                    });
            return originals;
        }
    }

    /** The originals of all committed generations: value key and id. */
    public static JavaPairRDD<String, String> of(JavaSparkContext spark, RunTables tables) {
        Configuration configuration = tables.folder().files().getConf();
        SerializableConfiguration hadoop = new SerializableConfiguration(configuration);
        List<CandidatesFile> files = tables.each().stream()
                .flatMap(generation -> generation.files(Table.CANDIDATES).stream())
                .map(file -> new CandidatesFile(file.path().toString(), hadoop, file.mend()))
                .toList();
        int slices = Math.max(1, Math.min(files.size(), spark.defaultParallelism()));
        return spark.parallelize(files, slices)
                .flatMapToPair(file -> file.originals().iterator());
    }
}
