package org.evonorm.store;

import static org.apache.spark.sql.functions.col;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.SparkSession;

/**
 * The table of a run's reranks, in the folder {@code rerank}: one row per training, and beside it the table of
 * trainings that failed. The tables only grow, by a batch of trainings at a time. Each row has the settings of its
 * training, so that the table takes reranks with different settings.
 */
public final class RerankTable {

    private static final Column[] ORDER = {col("scored_on"), col("training"), col("id"), col("network")};

    private final RerankBatches batches;

    /** The table of the run in {@code folder}; it is empty before the first rerank. */
    public RerankTable(RunFolder folder) {
        this.batches = new RerankBatches(folder);
    }

    /**
     * The scores of all trainings that ended.
     *
     * @throws StoreException if a batch or its record is missing, damaged or altered
     */
    public List<RerankRow.Score> scores() {
        List<RerankRow.Score> scores = new ArrayList<>();
        files(RerankSchema.TRAININGS)
                .forEach(file -> file.read(RerankRow.SCORE, row -> scores.add(RerankRow.score(row))));
        return scores;
    }

    /**
     * All trainings that ended with their layers' names and formulas, batch by batch.
     *
     * @throws StoreException if a batch or its record is missing, damaged or altered
     */
    public List<RerankRow.Named> named() {
        List<RerankRow.Named> named = new ArrayList<>();
        files(RerankSchema.TRAININGS)
                .forEach(file -> file.read(RerankRow.NAMED, row -> named.add(RerankRow.named(row))));
        return named;
    }

    /**
     * The reasons of all trainings that failed, the last one where a training failed several times; some of them may
     * have ended well in a later batch.
     *
     * @throws StoreException if a batch or its record is missing, damaged or altered
     */
    public Map<RerankRow.Training, String> failures() {
        Map<RerankRow.Training, String> failures = new HashMap<>();
        List<String> columns = new ArrayList<>(RerankRow.TRAINING);
        columns.add("reason");
        files(RerankSchema.FAILURES)
                .forEach(file -> file.read(columns, row -> failures.put(RerankRow.training(row), row.text("reason"))));
        return failures;
    }

    List<TableFile> files(RerankSchema table) {
        return batches.read().stream().flatMap(batch -> batch.files(table)).toList();
    }

    /**
     * Deletes files that no record lists, which reranks leave that died in the middle of a batch.
     *
     * @throws StoreException if a record is damaged, or a file cannot be deleted
     */
    public void sweep() {
        batches.recorded().sweep();
    }

    /**
     * Adds a batch, whole or not at all.
     *
     * @throws StoreException if the lease was taken over, or the folder cannot be written
     */
    public void append(SparkSession spark, List<RerankRow> rows, List<RerankFailure> failures, RunLease lease) {
        batches.recorded()
                .append(
                        spark,
                        lease,
                        1 + batches.read().size(),
                        Map.of(
                                RerankSchema.TRAININGS,
                                rows.stream().map(RerankRow::toRow).toList(),
                                RerankSchema.FAILURES,
                                failures.stream().map(RerankFailure::toRow).toList()),
                        ORDER);
    }
}
