package org.evonorm.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.filter2.compat.FilterCompat;
import org.apache.parquet.filter2.predicate.FilterApi;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.api.ReadSupport;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.parquet.hadoop.metadata.FileMetaData;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.schema.MessageType;

/**
 * A Parquet file of one of a run's tables, read row by row without Spark, whose start takes longer than all small
 * reads of a run together. Only the wanted columns are read, and of a selection of rows only the pages that may have
 * them. Paths are literal: no sign in the name of a run's folder is a pattern.
 *
 * @param path   the file
 * @param schema the table's columns
 * @param mend   what to do instead of restoring the file, for messages
 */
record TableFile(Path path, ParquetSchema schema, Configuration hadoop, String mend) {

    /** The column by which rows are selected, and which rows of every table are sorted by. */
    private static final String INDEX = "index";

    /**
     * The size in bytes.
     *
     * @throws IOException if the file is missing, or a folder
     */
    long bytes() throws IOException {
        return status().getLen();
    }

    private FileStatus status() throws IOException {
        FileStatus status = path.getFileSystem(hadoop).getFileStatus(path);
        if (status.isDirectory()) {
            throw new IOException("it is a folder");
        }
        return status;
    }

    private ParquetFileReader open() throws IOException {
        return ParquetFileReader.open(HadoopInputFile.fromStatus(status(), hadoop));
    }

    /**
     * The number of rows, by the file's own count.
     *
     * @throws IOException if the file is missing, no Parquet file, or one of another table
     */
    long rowCount() throws IOException {
        try (ParquetFileReader reader = open()) {
            requireSchema(reader.getFileMetaData());
            return reader.getRecordCount();
        } catch (RuntimeException e) {
            throw damaged(e);
        }
    }

    /**
     * Reads all rows.
     *
     * @param columns columns that {@code row} looks at
     * @throws StoreException if the file is missing, damaged, or has another schema, or {@code row} refuses a row by an
     *                        IllegalArgumentException
     */
    void read(List<String> columns, Consumer<StoredRow> row) {
        read(columns, FilterCompat.NOOP, row);
    }

    /** As {@link #read(List, Consumer)}, of the rows with these indices alone. */
    void read(List<String> columns, Set<Integer> indices, Consumer<StoredRow> row) {
        if (!indices.isEmpty()) {
            // Parquet asks whether null is in the set, which other sets than this one refuse to answer.
            Set<Integer> wanted = new HashSet<>(indices);
            read(columns, FilterCompat.get(FilterApi.in(FilterApi.intColumn(INDEX), wanted)), row);
        }
    }

    private void read(List<String> columns, FilterCompat.Filter filter, Consumer<StoredRow> row) {
        try (ParquetReader<Group> reader = ParquetReader.builder(new GroupReadSupport(), path)
                .withConf(projection(columns))
                .withFilter(filter)
                .build()) {
            for (Group group = reader.read(); group != null; group = reader.read()) {
                row.accept(new StoredRow(group));
            }
        } catch (StoreException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw unreadable(e);
        }
    }

    /** The exception that names this file and the mend. */
    StoreException unreadable(Exception e) {
        return new StoreException(RunFolder.show(path) + " " + fault(e) + "; restore it, or " + mend, e);
    }

    /** The fault of a file that could not be read, to follow its name. */
    static String fault(Exception e) {
        return e instanceof FileNotFoundException ? "is missing" : "cannot be read (" + RunFolder.message(e) + ")";
    }

    /** The configuration that reads the columns alone, each with the type that the file has it in. */
    private Configuration projection(List<String> columns) throws IOException {
        try (ParquetFileReader reader = open()) {
            MessageType file = requireSchema(reader.getFileMetaData());
            MessageType wanted = new MessageType(
                    file.getName(),
                    columns.stream()
                            .filter(file::containsField)
                            .map(file::getType)
                            .toList());
            Configuration configuration = new Configuration(hadoop);
            configuration.set(ReadSupport.PARQUET_READ_SCHEMA, wanted.toString());
            return configuration;
        }
    }

    private MessageType requireSchema(FileMetaData file) {
        Optional<String> difference = schema.difference(file.getSchema());
        if (difference.isPresent()) {
            throw new IllegalArgumentException("it " + difference.get() + ", so it is another table's");
        }
        return file.getSchema();
    }

    /** Parquet's own exceptions on damaged files are of many classes. */
    private static IOException damaged(RuntimeException e) {
        return new IOException(RunFolder.message(e), e);
    }
}
