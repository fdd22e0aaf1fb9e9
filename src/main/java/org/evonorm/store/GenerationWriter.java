package org.evonorm.store;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.evonorm.evolution.SlidingWindow;

/**
 * Writer of one generation: writes its three tables into a folder of the lease's holder, and commits them under file
 * names with the holder's token, so that no file of a committed generation is ever written or deleted again.
 */
public final class GenerationWriter {

    /** Hadoop's _SUCCESS files are off, since the commit record alone decides whether a generation counts. */
    private static final String SUCCESS_FILES = "mapreduce.fileoutputcommitter.marksuccessfuljobs";

    private final SparkSession spark;
    private final RunFolder folder;
    private final RunLease lease;
    private final int generation;
    /** The files under their published names, by the table's folder name. */
    private final Map<String, List<DataFile>> written = new HashMap<>();
    /** The files as they were written, by their published paths. */
    private final Map<String, Path> staged = new LinkedHashMap<>();

    /** A writer of {@code generation}, which must not be committed yet. */
    public GenerationWriter(SparkSession spark, RunFolder folder, RunLease lease, int generation) {
        this.spark = spark;
        this.folder = folder;
        this.lease = lease;
        this.generation = generation;
    }

    /**
     * Writes {@link Table#CANDIDATES}; the rows may come in any order.
     *
     * @return number of rows by candidate status
     * @throws StoreException if the table cannot be written
     */
    public Map<String, Long> candidates(JavaRDD<CandidateRow> rows) {
        write(Table.CANDIDATES, spark.createDataFrame(rows.map(CandidateRow::toRow), Table.CANDIDATES.schema()));
        // Counted in the written file: a second pass over the RDD would compute all rows again.
        Map<String, Long> counts = new HashMap<>();
        for (Path file : staged(Table.CANDIDATES)) {
            new TableFile(file, Table.CANDIDATES.parquet(), folder.files().getConf())
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

    /**
     * Writes one file per table and generation, sorted by the table's key: a generation is small, and its bytes are
     * reproducible.
     */
    private void write(Table table, Dataset<Row> rows) {
        String partition = table.partition(generation);
        try {
            rows.repartition(1)
                    .sortWithinPartitions(table.key())
                    .write()
                    .mode(SaveMode.Overwrite)
                    .option(SUCCESS_FILES, false)
                    .parquet(attempt(table).toString());
            written.put(table.folder(), dataFiles(table));
        } catch (Exception e) {
            throw explained(partition, e);
        }
    }

    /** Turns a failure to write into a {@link StoreException}; any other failure of the same job stays as it is. */
    private RuntimeException explained(String partition, Exception failure) {
        // Parquet's exception names the file; the innermost cause has the file system's message.
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

    /** The files of a table as they were written. */
    private List<Path> staged(Table table) {
        return written.get(table.folder()).stream()
                .map(file -> staged.get(file.path()))
                .toList();
    }

    private Path attempt(Table table) {
        return new Path(lease.attempt(), table.partition(generation));
    }

    private List<DataFile> dataFiles(Table table) throws IOException {
        List<DataFile> dataFiles = new ArrayList<>();
        for (FileStatus status : folder.list(attempt(table))) {
            String path = table.partition(generation) + "/part-" + dataFiles.size() + "-" + lease.token() + ".parquet";
            long rows = new TableFile(
                            status.getPath(), table.parquet(), folder.files().getConf())
                    .rowCount();
            dataFiles.add(
                    new DataFile(path, status.getLen(), rows, FileCheck.crc32c(folder.files(), status.getPath())));
            staged.put(path, status.getPath());
        }
        return dataFiles;
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
        try {
            lease.requireValid();
            staged.forEach((path, file) -> folder.move(file, folder.path(path)));
            folder.commits().publish(commit, lease);
        } catch (StoreException e) {
            // The record may stand though publishing it was reported to have failed: its files stay then.
            if (!folder.commits().has(commit)) {
                staged.keySet().forEach(path -> folder.discard(folder.path(path)));
            }
            lease.requireValid();
            throw e;
        } finally {
            folder.discard(lease.attempt());
        }
        folder.commits().sweep(commit);
    }
}
