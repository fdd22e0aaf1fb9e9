package org.evonorm.store;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.evonorm.evolution.Objective;
import org.evonorm.evolution.SlidingWindow;

/** Writer of one generation: writes its three tables, and commits them by one record. */
public final class GenerationWriter {

    private final SparkSession spark;
    private final RunFolder folder;
    private final int generation;
    private final TableWriter writer;
    /** Whether the tables have a column for objectives besides accuracy. */
    private final boolean objectives;
    /** The files under their published names, by the table's folder name. */
    private final Map<String, List<DataFile>> written = new HashMap<>();

    /**
     * A writer of {@code generation}, which must not be committed yet.
     *
     * @param further objectives of the search besides accuracy
     */
    public GenerationWriter(
            SparkSession spark, RunFolder folder, RunLease lease, int generation, List<Objective> further) {
        this.spark = spark;
        this.folder = folder;
        this.generation = generation;
        this.writer = new TableWriter(folder, lease);
        this.objectives = !further.isEmpty();
    }

    /**
     * Writes {@link Table#CANDIDATES}; the rows may come in any order.
     *
     * @return number of rows by candidate status
     * @throws StoreException if the table cannot be written
     */
    public Map<String, Long> candidates(JavaRDD<CandidateRow> rows) {
        Table table = Table.CANDIDATES;
        write(table, spark.createDataFrame(rows.map(CandidateRow::toRow), table.schema()));
        // Counted in the written file: a second pass over the RDD would compute all rows again.
        Map<String, Long> counts = new HashMap<>();
        for (DataFile file : written.get(table.folder())) {
            writer.file(file.path(), table.parquet())
                    .read(List.of("status"), row -> counts.merge(row.text("status"), 1L, Long::sum));
        }
        return counts;
    }

    /**
     * Writes {@link Table#EVALUATIONS}; the rows may come in any order.
     *
     * @throws StoreException if the table cannot be written
     */
    public void evaluations(JavaRDD<EvaluationRow> rows) {
        write(Table.EVALUATIONS, spark.createDataFrame(rows.map(EvaluationRow::toRow), Table.EVALUATIONS.schema()));
    }

    /**
     * Writes {@link Table#SELECTION}: the members of the window with their Pareto ranks.
     *
     * @throws StoreException if the table cannot be written
     */
    public void selection(SlidingWindow window, List<String> networks) {
        write(Table.SELECTION, spark.createDataFrame(SelectionRow.rows(window, networks), Table.SELECTION.schema()));
    }

    private void write(Table table, Dataset<Row> rows) {
        written.put(
                table.folder(),
                writer.write(
                        objectives ? rows : rows.drop(ObjectiveValues.COLUMN),
                        table.parquet(),
                        table.partition(generation),
                        number -> "part-" + number,
                        table.key()));
    }

    /**
     * Commits the generation: moves the files to the tables, and publishes the commit record, which makes them count.
     *
     * @throws IllegalStateException if a table was not written
     * @throws StoreException        if the generation is committed already, the lease was taken over, or the folder
     *                               cannot be written
     */
    public void commit() {
        for (Table table : Table.values()) {
            if (!written.containsKey(table.folder())) {
                throw new IllegalStateException("generation " + generation + " lacks its table " + table.folder());
            }
        }
        CommitRecord commit = new CommitRecord(generation, written);
        writer.publish(folder.commits().records(), commit);
        folder.commits().sweep(commit);
    }
}
