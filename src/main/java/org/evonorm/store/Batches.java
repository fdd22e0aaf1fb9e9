package org.evonorm.store;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The batches of tables that only grow, each with a record in the folder {@code commits}. A batch counts once its
 * record exists.
 */
final class Batches {

    private static final Pattern RECORDED = Pattern.compile("batch-\\d{5,9}-.+\\.parquet");

    private final RunFolder folder;
    private final String kind;
    private final List<? extends BatchTable> tables;
    private final Records<BatchRecord> records;

    /**
     * The batches of some tables.
     *
     * @param kind the work that adds batches, in the names of records and in messages: rerank or calibration
     */
    Batches(RunFolder folder, String kind, List<? extends BatchTable> tables) {
        this.folder = folder;
        this.kind = kind;
        this.tables = tables;
        Set<String> folders = tables.stream().map(BatchTable::folder).collect(Collectors.toSet());
        this.records = new Records<>(
                folder,
                json -> BatchRecord.fromJson(json, kind, folders),
                kind,
                "batch",
                "later batches to do their trainings again");
    }

    /**
     * The files of a batch.
     *
     * @param tables files by their table
     */
    record Batch(Map<BatchTable, List<TableFile>> tables) {
        Stream<TableFile> files(BatchTable table) {
            return tables.getOrDefault(table, List.of()).stream();
        }
    }

    /** The records by their numbers. */
    NavigableMap<Integer, Path> recorded() {
        return records.paths();
    }

    /**
     * All batches in their order, with checked files.
     *
     * @param unrecorded batches without records, which come before those with records
     * @throws StoreException if a record or a batch is missing, damaged, altered, or none of this folder's
     */
    List<Batch> read(List<Batch> unrecorded) {
        List<Batch> batches = new ArrayList<>(unrecorded);
        for (var entry : recorded().entrySet()) {
            requireNext(entry.getKey(), batches, entry.getValue());
            batches.add(batch(records.read(entry.getKey(), entry.getValue())));
        }
        return batches;
    }

    /** Refuses a batch whose number does not follow those before it. */
    void requireNext(int number, List<Batch> before, Path found) {
        if (number != before.size() + 1) {
            throw new StoreException("batch " + (before.size() + 1) + " of the " + kind + " in " + folder
                    + " is missing though there is " + RunFolder.show(found) + "; restore "
                    + RunFolder.show(records.path(before.size() + 1)) + ", or delete " + found.getName()
                    + " and all later ones to do their trainings again");
        }
    }

    private Batch batch(BatchRecord record) {
        String owner = "batch " + record.batch() + " of the " + kind;
        String mend = records.mend(record.batch());
        Map<BatchTable, List<TableFile>> files = new HashMap<>();
        for (BatchTable table : tables) {
            files.put(
                    table,
                    record.files(table).stream()
                            .map(file -> folder.check().require(file, table.parquet(), owner, mend))
                            .toList());
        }
        return new Batch(files);
    }

    /**
     * Deletes the files of batches that no record lists: work that died or lost its lease before a record leaves such
     * files.
     */
    void sweep() {
        Set<String> listed = new HashSet<>();
        recorded()
                .forEach((number, path) -> records.read(number, path)
                        .tables()
                        .values()
                        .forEach(files -> files.forEach(file -> listed.add(file.path()))));
        for (BatchTable table : tables) {
            folder.deleteUnlisted(table.folder(), listed, RECORDED.asMatchPredicate());
        }
    }

    /**
     * Adds a batch, whole or not at all; without rows there is none.
     *
     * @param number number of the batch, from 1
     * @param rows   rows by their table
     * @param order  columns that rows are sorted by
     * @throws StoreException if the lease was taken over, or the folder cannot be written
     */
    void append(SparkSession spark, RunLease lease, int number, Map<BatchTable, List<Row>> rows, Column... order) {
        TableWriter writer = new TableWriter(folder, lease);
        Map<String, List<DataFile>> written = new HashMap<>();
        for (BatchTable table : tables) {
            List<Row> added = rows.getOrDefault(table, List.of());
            if (!added.isEmpty()) {
                written.put(
                        table.folder(),
                        writer.write(
                                spark.createDataFrame(added, table.schema()),
                                table.parquet(),
                                table.folder(),
                                file -> String.format(Locale.ROOT, "batch-%05d", number),
                                order));
            }
        }
        if (!written.isEmpty()) {
            writer.publish(records, new BatchRecord(number, written));
        }
    }
}
