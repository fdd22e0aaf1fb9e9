package org.evonorm.store;

import java.io.Serializable;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.evonorm.graph.LayerJson;
import org.evonorm.graph.variation.NodeSurvival;

/**
 * The survival of nodes over all committed generations of a run, from which later proposals may learn. There may be
 * millions of candidates, so that the executors count them, a file at a time; sums do not depend on the order.
 */
public final class SurvivalTable {

    /** The columns that tell whether a candidate counts, and how. */
    private static final List<String> COLUMNS = List.of("origin", "status", "graph");

    private SurvivalTable() {}

    /** The file of a generation's candidates, as it goes to an executor. */
    private record CandidatesFile(String path, SerializableConfiguration hadoop, String mend) implements Serializable {

        private NodeSurvival survival() {
            NodeSurvival.Tally tally = new NodeSurvival.Tally();
            new TableFile(new Path(path), Table.CANDIDATES.parquet(), hadoop.value(), mend).read(COLUMNS, row -> {
                String status = row.text("status");
                // A duplicate has no verdict of its own.
                if (isProposal(row) && !status.equals("duplicate")) {
                    boolean fell = status.startsWith("rejected-") || status.equals("failed");
                    tally.add(LayerJson.read(row.text("graph")).graph(), !fell);
                }
            });
            return tally.survival();
        }
    }

    /** Baselines and seed layers come from the settings, and go through no filter. */
    private static boolean isProposal(StoredRow row) {
        return !CandidateRow.isBaseline(row) && !row.text("origin").equals("seed");
    }

    /** As {@link #of(JavaSparkContext, RunTables)}, counted in this process alone. */
    public static NodeSurvival of(RunTables tables) {
        return files(tables).stream().map(CandidatesFile::survival).reduce(NodeSurvival.none(), NodeSurvival::plus);
    }

    /** The counts of all committed generations: nodes of proposals, and of the ones that passed all filters. */
    public static NodeSurvival of(JavaSparkContext spark, RunTables tables) {
        List<CandidatesFile> files = files(tables);
        int slices = Math.max(1, Math.min(files.size(), spark.defaultParallelism()));
        return spark.parallelize(files, slices)
                .map(CandidatesFile::survival)
                .fold(NodeSurvival.none(), NodeSurvival::plus);
    }

    private static List<CandidatesFile> files(RunTables tables) {
        SerializableConfiguration hadoop =
                new SerializableConfiguration(tables.folder().files().getConf());
        return tables.each().stream()
                .flatMap(generation -> generation.files(Table.CANDIDATES).stream())
                .map(file -> new CandidatesFile(file.path().toString(), hadoop, file.mend()))
                .toList();
    }
}
