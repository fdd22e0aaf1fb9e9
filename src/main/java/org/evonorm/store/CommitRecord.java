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
 * The commit record of a generation: the files of its tables, with sizes and checksums, so that a file that was altered
 * later is noticed. A generation counts once its record exists.
 *
 * @param format     version of the record's format
 * @param generation number of the generation
 * @param tables     files by the table's folder name
 */
record CommitRecord(int format, int generation, Map<String, List<DataFile>> tables) {

    /** The format that this version of the program writes; it reads this format and earlier ones. */
    static final int FORMAT = 2;

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    /**
     * A Parquet file of a table.
     *
     * @param path   path relative to the run's folder
     * @param bytes  size in bytes
     * @param rows   number of rows
     * @param crc32c CRC-32C of the file in hexadecimal; empty in records of format 1, which have no checksums
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
     * Reads the text that {@link #toJson} writes.
     *
     * @throws IOException if the text is not such a record, or has a format of a later version
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

    /** The files of one table. */
    List<DataFile> files(Table table) {
        return tables.get(table.folder());
    }
}
