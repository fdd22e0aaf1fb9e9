package org.evonorm.store;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Texts of the store's records and their reading, for tests of other packages, to which the records are unknown. */
public final class StoreTexts {

    private StoreTexts() {}

    /** The text of a commit record that is right. */
    public static String commitRecord() {
        Map<String, List<DataFile>> tables = new TreeMap<>();
        for (Table table : Table.values()) {
            tables.put(table.folder(), files(table.partition(3)));
        }
        return new CommitRecord(3, tables).toJson();
    }

    /**
     * Reads a commit record as the program does.
     *
     * @throws IOException if the text is no record
     */
    public static void readCommitRecord(String json) throws IOException {
        CommitRecord.fromJson(json);
    }

    /** The text of a rerank's batch record that is right. */
    public static String batchRecord() {
        Map<String, List<DataFile>> tables = new TreeMap<>();
        for (RerankSchema table : RerankSchema.values()) {
            tables.put(table.folder(), files(table.folder()));
        }
        return new BatchRecord(2, tables).toJson();
    }

    /**
     * Reads a batch record as the program does.
     *
     * @throws IOException if the text is no record
     */
    public static void readBatchRecord(String json) throws IOException {
        BatchRecord.fromJson(json, "rerank", Set.of("rerank", "rerank-failures"));
    }

    private static List<DataFile> files(String folder) {
        return List.of(new DataFile(folder + "/part-0.parquet", 41_234, 500, "1a2b3c4d"));
    }

    /** The text of a lease that is right. */
    public static String lease() throws IOException {
        return LeaseFile.text(new LeaseHolder("machine", 4711, "2024-02-29T12:00:00Z", "0-a-B"));
    }

    /**
     * Puts a text in the place of a run's lease and reads it as the program does; returns the sentence that names the
     * holder to others.
     *
     * @throws IOException if the text names no holder
     */
    public static String readLease(RunFolder run, String text) throws IOException {
        LeaseFile file = new LeaseFile(run);
        new TextFile(file.files(), file.path()).write(text);
        LeaseHolder holder = file.read().orElseThrow(() -> new IOException("the lease names no holder"));
        return file.refusal(holder.toString()).getMessage();
    }
}
