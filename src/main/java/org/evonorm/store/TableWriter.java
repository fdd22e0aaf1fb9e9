package org.evonorm.store;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;

/**
 * Writer of the files that one record makes count. They are written into a folder of the lease's holder and moved to
 * their tables just before the record is published, under names with the holder's token, so that no file that counts is
 * ever written or deleted again.
 */
final class TableWriter {

    /** Hadoop's _SUCCESS files are off, since the record alone decides whether a file counts. */
    private static final String SUCCESS_FILES = "mapreduce.fileoutputcommitter.marksuccessfuljobs";

    private final RunFolder folder;
    private final RunLease lease;
    /** The files as they were written, by the paths that they are published under. */
    private final Map<String, Path> staged = new LinkedHashMap<>();

    TableWriter(RunFolder folder, RunLease lease) {
        this.folder = folder;
        this.lease = lease;
    }

    /**
     * Writes rows, sorted, as one file: tables are small, and their bytes are reproducible.
     *
     * @param target folder of the table, relative to the run's folder
     * @param name   name of a file by its number, without token and extension
     * @return the files as a record lists them
     * @throws StoreException if the file cannot be written
     */
    List<DataFile> write(
            Dataset<Row> rows, ParquetSchema schema, String target, IntFunction<String> name, Column... order) {
        Path attempt = new Path(lease.attempt(), target);
        try {
            rows.repartition(1)
                    .sortWithinPartitions(order)
                    .write()
                    .mode(SaveMode.Overwrite)
                    .option(SUCCESS_FILES, false)
                    .parquet(attempt.toString());
            List<DataFile> written = new ArrayList<>();
            for (FileStatus status : folder.list(attempt)) {
                String path = target + "/" + name.apply(written.size()) + "-" + lease.token() + ".parquet";
                staged.put(path, status.getPath());
                written.add(new DataFile(
                        path,
                        status.getLen(),
                        file(path, schema).rowCount(),
                        Checksum.of(folder.files(), status.getPath())));
            }
            return written;
        } catch (Exception e) {
            throw explained(target, e);
        }
    }

    /** A file that was written and is not published yet. */
    TableFile file(String path, ParquetSchema schema) {
        return new TableFile(staged.get(path), schema, folder.files().getConf(), "run the same command again");
    }

    /** Turns a failure to write into a {@link StoreException}; any other failure of the same job stays as it is. */
    private RuntimeException explained(String target, Exception failure) {
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
                        RunFolder.show(folder.path(target))
                                + " cannot be written (" + RunFolder.message(e)
                                + "); free space or make the folder writable, and the"
                                + " same command goes on; what was committed before stays as it is",
                        failure))
                .orElseGet(() -> unchecked(failure));
    }

    private static RuntimeException unchecked(Exception failure) {
        return failure instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(failure);
    }

    /**
     * Moves the files to their tables, and publishes the record, which makes them count.
     *
     * @throws StoreException if there is such a record already, the lease was taken over, or the folder cannot be
     *                        written
     */
    <T extends Records.Numbered<T>> void publish(Records<T> records, T record) {
        try {
            lease.requireValid();
            staged.forEach((path, file) -> folder.move(file, folder.path(path)));
            records.publish(record, lease);
        } catch (StoreException e) {
            // The record may stand though publishing it was reported to have failed: its files stay then.
            if (!records.has(record)) {
                staged.keySet().forEach(path -> folder.discard(folder.path(path)));
            }
            lease.requireValid();
            throw e;
        } finally {
            folder.discard(lease.attempt());
        }
    }
}
