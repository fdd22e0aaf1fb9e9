package org.evonorm.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.CRC32C;

/**
 * The commit record of a generation: the files of its tables, with sizes and checksums, so that a file that was altered
 * later is noticed. A generation counts once its record exists.
 *
 * @param format     version of the record's format
 * @param generation number of the generation
 * @param tables     files by the table's folder name
 * @param crc32c     CRC-32C of the record's own text without this value, in hexadecimal; empty before format 3
 */
record CommitRecord(int format, int generation, Map<String, List<DataFile>> tables, String crc32c) {

    /** The format that this version of the program writes; it reads this format and earlier ones. */
    static final int FORMAT = 3;

    /** The first format in which a record has a checksum of its own. */
    private static final int CHECKED = 3;

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    CommitRecord {
        crc32c = Objects.requireNonNullElse(crc32c, "");
    }

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
        this(FORMAT, generation, tables, "");
    }

    String toJson() {
        return new CommitRecord(format, generation, tables, checksum()).text() + "\n";
    }

    private String text() {
        try {
            return MAPPER.writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new AssertionError("strings and numbers have a JSON form", e);
        }
    }

    private String checksum() {
        CRC32C checksum = new CRC32C();
        checksum.update(new CommitRecord(format, generation, tables, "").text().getBytes(StandardCharsets.UTF_8));
        return Long.toHexString(checksum.getValue());
    }

    /**
     * Reads the text that {@link #toJson} writes.
     *
     * @throws IOException if the text is not such a record, was altered, or has a format of a later version
     */
    static CommitRecord fromJson(String json) throws IOException {
        CommitRecord commit = MAPPER.readValue(json, CommitRecord.class);
        if (commit == null) {
            throw new IOException("it is empty");
        }
        if (commit.format < 1 || commit.format > FORMAT) {
            throw new IOException(
                    "it has format " + commit.format + ", and this version reads formats up to " + FORMAT);
        }
        if (commit.tables == null) {
            throw new IOException("it lists no files");
        }
        for (Table table : Table.values()) {
            commit.requireFiles(table);
        }
        if (commit.format >= CHECKED && !commit.crc32c.equals(commit.checksum())) {
            throw new IOException("it was altered since it was written");
        }
        return commit;
    }

    /** Every table has a file, also one without rows, and every file lies in its table's folder of the generation. */
    private void requireFiles(Table table) throws IOException {
        List<DataFile> listed = tables.get(table.folder());
        if (listed == null || listed.isEmpty()) {
            throw new IOException("it does not list the files of the table " + table.folder());
        }
        for (DataFile file : listed) {
            if (file == null) {
                throw new IOException("it lists nothing in the place of a file of the table " + table.folder());
            }
            String folder = table.partition(generation) + "/";
            String name = file.path.startsWith(folder) ? file.path.substring(folder.length()) : "";
            if (!name.matches("[A-Za-z0-9_-][A-Za-z0-9._-]*")) {
                throw new IOException("it lists the file " + file.path + ", which does not lie in " + folder);
            }
            if (file.bytes < 0 || file.rows < 0) {
                throw new IOException("it lists the file " + file.path + " with less than nothing in it");
            }
        }
    }

    /** The files of one table. */
    List<DataFile> files(Table table) {
        return tables.get(table.folder());
    }
}
