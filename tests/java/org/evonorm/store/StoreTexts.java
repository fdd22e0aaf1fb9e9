package org.evonorm.store;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The reading of commit records for tests of other packages, to which records themselves are unknown. */
public final class CommitRecordReader {

    private CommitRecordReader() {}

    /** The text of a record that is right. */
    public static String example() {
        Map<String, List<DataFile>> tables = new TreeMap<>();
        for (Table table : Table.values()) {
            tables.put(
                    table.folder(),
                    List.of(new DataFile(table.partition(3) + "/part-0.parquet", 41_234, 500, "1a2b3c4d")));
        }
        return new CommitRecord(3, tables).toJson();
    }

    /**
     * Reads a record as the program does.
     *
     * @throws IOException if the text is no record
     */
    public static void read(String json) throws IOException {
        CommitRecord.fromJson(json);
    }
}
