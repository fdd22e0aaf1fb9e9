package org.evonorm.store;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.FileStatus;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.evonorm.evolution.SlidingWindow;

/**
 * Writes the tables of one generation, over the leftovers of an attempt that did not come to its commit, and commits.
 */
public final class GenerationWriter {

    /** The commit record alone says what counts. */
    private static final String SUCCESS_FILES = "mapreduce.fileoutputcommitter.marksuccessfuljobs";

    private final SparkSession spark;
    private final RunFolder folder;
    private final int generation;
    private final Map<String, List<CommitRecord.DataFile>> written = new HashMap<>();

    /** A writer for {@code generation}, which must not be committed yet. */
    public GenerationWriter(SparkSession spark, RunFolder folder, int generation) {
        this.spark = spark;
        this.folder = folder;
        this.generation = generation;
    }

    /**
     * Writes {@link Table#CANDIDATES}; the rows may come in any order.
     *
     * @return how many of them have each status
     */
    public Map<String, Long> candidates(JavaRDD<CandidateRow> rows) {
        write(Table.CANDIDATES, spark.createDataFrame(rows.map(CandidateRow::toRow), Table.CANDIDATES.schema()));
        // Another pass over the rows would make all of them a second time.
        Dataset<Row> counts = spark.read()
                .schema(Table.CANDIDATES.schema())
                .parquet(folder.path(Table.CANDIDATES.partition(generation)).toString())
                .groupBy("status")
                .count();
        return counts.collectAsList().stream()
                .collect(Collectors.toMap(row -> row.getString(0), row -> row.getLong(1)));
    }

    /** Writes {@link Table#EVALUATIONS}; the rows may come in any order. */
    public void evaluations(JavaRDD<EvaluationRow> rows) {
        write(Table.EVALUATIONS, spark.createDataFrame(rows.map(EvaluationRow::toRow), Table.EVALUATIONS.schema()));
    }

    /** Writes {@link Table#SELECTION}: the members of the window with their Pareto ranks. */
    public void selection(SlidingWindow window, List<String> networks) {
        write(Table.SELECTION, spark.createDataFrame(SelectionRow.rows(window, networks), Table.SELECTION.schema()));
    }

    /**
     * One file a table and generation, in the order of the key: a generation is small, and its bytes are repeatable.
     */
    private void write(Table table, Dataset<Row> rows) {
        String partition = table.partition(generation);
        try {
            rows.repartition(1)
                    .sortWithinPartitions(table.key())
                    .write()
                    .mode(SaveMode.Overwrite)
                    .option(SUCCESS_FILES, false)
                    .parquet(folder.path(partition).toString());
            written.put(table.folder(), dataFiles(partition));
        } catch (Exception e) {
            throw explained(partition, e);
        }
    }

    /** A failure to write as a sentence; anything else that failed in the same job as it is. */
    private RuntimeException explained(String partition, Exception failure) {
        // Parquet says what it could not write, and the cause of that what the disk said.
        Optional<IOException> innermost = Optional.empty();
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof StoreException explained) {
                return explained;
            }
            if (cause instanceof InterruptedException || cause instanceof InterruptedIOException) {
                return unchecked(failure);
            }
            if (cause instanceof IOException e) {
                innermost = Optional.of(e);
            }
        }
        return innermost
                .<RuntimeException>map(e -> new StoreException(
                        RunFolder.show(folder.path(partition))
                                + " cannot be written (" + RunFolder.message(e)
                                + "); free space or make the folder writable, and the"
                                + " same command goes on; earlier generations stay as they are",
                        failure))
                .orElseGet(() -> unchecked(failure));
    }

    private static RuntimeException unchecked(Exception failure) {
        return failure instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(failure);
    }

    private List<CommitRecord.DataFile> dataFiles(String partition) throws IOException {
        List<CommitRecord.DataFile> dataFiles = new ArrayList<>();
        for (FileStatus status : folder.list(partition)) {
            var input = HadoopInputFile.fromStatus(status, spark.sparkContext().hadoopConfiguration());
            try (ParquetFileReader reader = ParquetFileReader.open(input)) {
                dataFiles.add(new CommitRecord.DataFile(
                        partition + "/" + status.getPath().getName(),
                        status.getLen(),
                        reader.getRecordCount(),
                        folder.crc32c(status.getPath())));
            }
        }
        return dataFiles;
    }

    /** Makes the generation count, all three tables of which must have been written. */
    public void commit() {
        for (Table table : Table.values()) {
            if (!written.containsKey(table.folder())) {
                throw new IllegalStateException("generation " + generation + " lacks its table " + table.folder());
            }
        }
        folder.commit(new CommitRecord(generation, written));
    }
}
