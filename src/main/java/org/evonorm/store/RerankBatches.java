package org.evonorm.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;

/**
 * The batches of a run's reranks, each with a record in the folder {@code commits}. Version 0.1.0 wrote batches without
 * records; their columns and rows are checked, since no checksum is known.
 */
final class RerankBatches {

    private static final Pattern UNRECORDED = Pattern.compile("batch-(\\d{1,9})\\.parquet");
    private static final Pattern RECORDED = Pattern.compile("batch-\\d{5,9}-.+\\.parquet");

    private final RunFolder folder;
    private final Records<BatchRecord> records;

    RerankBatches(RunFolder folder) {
        this.folder = folder;
        this.records = new Records<>(
                folder, BatchRecord::fromJson, "rerank", "batch", "later batches to do their trainings again");
    }

    /** The records alone. */
    Records<BatchRecord> records() {
        return records;
    }

    /**
     * The files of a batch.
     *
     * @param tables files by their table
     */
    record Batch(Map<RerankSchema, List<TableFile>> tables) {
        Stream<TableFile> files(RerankSchema table) {
            return tables.getOrDefault(table, List.of()).stream();
        }
    }

    /** Path of a batch's file in a table's folder, without token and extension. */
    static String name(int batch) {
        return String.format(Locale.ROOT, "batch-%05d", batch);
    }

    /**
     * All batches in their order, with checked files.
     *
     * @throws StoreException if a record or a batch is missing, damaged, altered, or none of this run
     */
    List<Batch> read() {
        NavigableMap<Integer, Path> recorded = records.paths();
        NavigableMap<Integer, Path> unrecorded = Records.numbered(folder, RerankSchema.TRAININGS.folder(), UNRECORDED);
        List<Batch> batches = new ArrayList<>();
        for (var entry : unrecorded.entrySet()) {
            if (!recorded.isEmpty() && entry.getKey() >= recorded.firstKey()) {
                throw new StoreException(RunFolder.show(entry.getValue())
                        + " has no record in commits, so it is no batch of this run; move it out of the folder");
            }
            requireNext(entry.getKey(), batches, entry.getValue());
            batches.add(unrecorded(entry.getValue()));
        }
        for (var entry : recorded.entrySet()) {
            requireNext(entry.getKey(), batches, entry.getValue());
            batches.add(recorded(records.read(entry.getKey(), entry.getValue())));
        }
        return batches;
    }

    private void requireNext(int number, List<Batch> before, Path found) {
        if (number != before.size() + 1) {
            throw new StoreException("batch " + (before.size() + 1) + " of the rerank in " + folder
                    + " is missing though there is " + RunFolder.show(found) + "; restore "
                    + RunFolder.show(records.path(before.size() + 1)) + ", or delete " + found.getName()
                    + " and all later ones to do their trainings again");
        }
    }

    private Batch unrecorded(Path path) {
        TableFile file = new TableFile(
                path,
                RerankSchema.TRAININGS.parquet(),
                folder.files().getConf(),
                "delete it and the later batches to do their trainings again");
        try {
            file.rowCount();
        } catch (IOException e) {
            throw file.unreadable(e);
        }
        return new Batch(Map.of(RerankSchema.TRAININGS, List.of(file)));
    }

    private Batch recorded(BatchRecord record) {
        String owner = "batch " + record.batch() + " of the rerank";
        String mend = records.mend(record.batch());
        Map<RerankSchema, List<TableFile>> tables = new TreeMap<>();
        for (RerankSchema table : RerankSchema.values()) {
            List<TableFile> files = record.files(table).stream()
                    .map(file -> folder.check().require(file, table.parquet(), owner, mend))
                    .toList();
            tables.put(table, files);
        }
        return new Batch(tables);
    }

    /**
     * Deletes the files of batches that no record lists: reranks that died or lost their lease before a record leave
     * such files.
     */
    void sweep() {
        Set<String> listed = new HashSet<>();
        records.paths()
                .forEach((number, path) -> records.read(number, path)
                        .tables()
                        .values()
                        .forEach(files -> files.forEach(file -> listed.add(file.path()))));
        for (RerankSchema table : RerankSchema.values()) {
            folder.deleteUnlisted(table.folder(), listed, RECORDED.asMatchPredicate());
        }
    }
}
