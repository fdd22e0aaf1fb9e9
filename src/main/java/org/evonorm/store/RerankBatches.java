package org.evonorm.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * The batches of a run's reranks, each with a record in the folder {@code commits}. Version 0.1.0 wrote batches without
 * records; their columns and rows are checked, since no checksum is known.
 */
final class RerankBatches {

    private static final Pattern RECORD = Pattern.compile("rerank=(\\d{1,9})\\.json");
    private static final Pattern UNRECORDED = Pattern.compile("batch-(\\d{1,9})\\.parquet");
    private static final Pattern RECORDED = Pattern.compile("batch-\\d{5,9}-.+\\.parquet");

    private final RunFolder folder;

    RerankBatches(RunFolder folder) {
        this.folder = folder;
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
        NavigableMap<Integer, Path> records = paths(Commits.FOLDER, RECORD);
        NavigableMap<Integer, Path> unrecorded = paths(RerankSchema.TRAININGS.folder(), UNRECORDED);
        List<Batch> batches = new ArrayList<>();
        for (var entry : unrecorded.entrySet()) {
            if (!records.isEmpty() && entry.getKey() >= records.firstKey()) {
                throw new StoreException(RunFolder.show(entry.getValue())
                        + " has no record in commits, so it is no batch of this run; move it out of the folder");
            }
            requireNext(entry.getKey(), batches, entry.getValue());
            batches.add(unrecorded(entry.getValue()));
        }
        for (var entry : records.entrySet()) {
            requireNext(entry.getKey(), batches, entry.getValue());
            batches.add(recorded(entry.getKey(), entry.getValue()));
        }
        return batches;
    }

    private void requireNext(int number, List<Batch> before, Path found) {
        if (number != before.size() + 1) {
            throw new StoreException("batch " + (before.size() + 1) + " of the rerank in " + folder
                    + " is missing though there is " + RunFolder.show(found) + "; restore "
                    + RunFolder.show(path(before.size() + 1)) + ", or delete " + found.getName()
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

    private Batch recorded(int number, Path path) {
        BatchRecord record = record(number, path);
        String owner = "batch " + number + " of the rerank";
        String mend =
                "delete " + RunFolder.show(path) + " and the records of later batches to do their trainings again";
        Map<RerankSchema, List<TableFile>> tables = new TreeMap<>();
        for (RerankSchema table : RerankSchema.values()) {
            for (DataFile file : record.files(table)) {
                folder.check().require(file, table.parquet(), owner, mend);
                tables.computeIfAbsent(table, key -> new ArrayList<>())
                        .add(new TableFile(
                                folder.path(file.path()),
                                table.parquet(),
                                folder.files().getConf(),
                                mend));
            }
        }
        return new Batch(tables);
    }

    private BatchRecord record(int number, Path path) {
        try {
            BatchRecord record = BatchRecord.fromJson(new TextFile(folder.files(), path).read());
            if (record.batch() != number) {
                throw new IOException("it is the record of batch " + record.batch());
            }
            return record;
        } catch (IOException e) {
            throw new StoreException(
                    "the record " + RunFolder.show(path) + " of a rerank's batch is damaged (" + RunFolder.message(e)
                            + "); restore it, or delete it and those of later batches to do their trainings again",
                    e);
        }
    }

    /** The entries of a folder by the number in their names. */
    private NavigableMap<Integer, Path> paths(String in, Pattern pattern) {
        NavigableMap<Integer, Path> paths = new TreeMap<>();
        try {
            for (FileStatus status : folder.list(in)) {
                Matcher name = pattern.matcher(status.getPath().getName());
                if (name.matches()) {
                    paths.put(Integer.parseInt(name.group(1)), status.getPath());
                }
            }
        } catch (FileNotFoundException e) {
            return paths;
        } catch (IOException e) {
            throw new StoreException(
                    "the folder " + in + " in " + folder + " cannot be listed: " + RunFolder.message(e), e);
        }
        return paths;
    }

    /** Publishes a record, so that its batch counts. */
    void publish(BatchRecord record, RunLease lease) {
        lease.publish(record.toJson(), path(record.batch()));
    }

    /** Whether this record stands, and not another one; also if that cannot be told, so that nothing is deleted. */
    boolean has(BatchRecord record) {
        try {
            Path path = path(record.batch());
            return folder.files().exists(path)
                    && BatchRecord.fromJson(new TextFile(folder.files(), path).read())
                            .tables()
                            .equals(record.tables());
        } catch (IOException e) {
            return true;
        }
    }

    /**
     * Deletes the files of batches that no record lists: reranks that died or lost their lease before a record leave
     * such files.
     */
    void sweep() {
        Set<String> listed = new HashSet<>();
        paths(Commits.FOLDER, RECORD)
                .forEach((number, path) -> record(number, path)
                        .tables()
                        .values()
                        .forEach(files -> files.forEach(file -> listed.add(file.path()))));
        for (RerankSchema table : RerankSchema.values()) {
            folder.deleteUnlisted(table.folder(), listed, RECORDED.asMatchPredicate());
        }
    }

    private Path path(int batch) {
        return new Path(folder.path(Commits.FOLDER), "rerank=" + batch + ".json");
    }
}
