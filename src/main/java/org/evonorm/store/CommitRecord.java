package org.evonorm.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What makes a generation count: the files of its tables, with what is needed to notice that one was cut short since.
 *
 * @param format     version of this record's layout
 * @param generation which one is committed
 * @param tables     files by the table's folder name
 */
record CommitRecord(int format, int generation, Map<String, List<DataFile>> tables) {

    /** The layout that this version of the program writes and reads. */
    static final int FORMAT = 2;

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    /**
     * A Parquet file.
     *
     * @param path   relative to the run's folder
     * @param crc32c checksum of its bytes in hexadecimal; empty in records of format 1, which have none
     */
    record DataFile(String path, long bytes, long rows, String crc32c) {

        DataFile {
            Objects.requireNonNull(path, "a file lacks its path");
            crc32c = Objects.requireNonNullElse(crc32c, "");
        }
    }

    CommitRecord(int generation, Map<String, List<DataFile>> tables) {
        this(FORMAT, generation, tables);
    }

    String toJson() {
        try {
            return MAPPER.writeValueAsString(this) + "\n";
        } catch (JsonProcessingException e) {
            throw new AssertionError("strings and numbers have a JSON form", e);
        }
    }

    /**
     * Reads what {@link #toJson} wrote.
     *
     * @throws IOException if the text is anything else, a record of another format included
     */
    static CommitRecord fromJson(String json) throws IOException {
        CommitRecord commit = MAPPER.readValue(json, CommitRecord.class);
        if (commit.format < 1 || commit.format > FORMAT) {
            throw new IOException(
                    "it has format " + commit.format + ", and this version reads formats up to " + FORMAT);
        }
        if (commit.tables == null) {
            throw new IOException("it lists no files");
        }
        for (Table table : Table.values()) {
            if (commit.tables.get(table.folder()) == null) {
                throw new IOException("it does not list the files of the table " + table.folder());
            }
        }
        return commit;
    }

    /** The files of a table. */
    List<DataFile> files(Table table) {
        return tables.get(table.folder());
    }
}
