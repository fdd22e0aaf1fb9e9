package org.evonorm.store;

import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.evonorm.text.Quotation;

/**
 * A Parquet file of a table, as the record lists it that makes the file count.
 *
 * @param path   path relative to the run's folder
 * @param bytes  size in bytes
 * @param rows   number of rows
 * @param crc32c CRC-32C of the file in hexadecimal; empty in commit records of format 1, which have no checksums
 */
record DataFile(String path, long bytes, long rows, String crc32c) {

    DataFile {
        crc32c = Objects.requireNonNullElse(crc32c, "");
    }

    /**
     * Refuses files that a record may not list: each must lie directly in the table's folder, with a plain name.
     *
     * @param listed files of a table in a record, as the record was read; null where it has none
     */
    static void requireIn(String folder, String table, List<DataFile> listed) throws IOException {
        if (listed == null || listed.isEmpty()) {
            throw new IOException("it does not list the files of the table " + table);
        }
        for (DataFile file : listed) {
            if (file == null || file.path == null) {
                throw new IOException("it lists nothing in the place of a file of the table " + table);
            }
            String name = file.path.startsWith(folder + "/") ? file.path.substring(folder.length() + 1) : "";
            if (!name.matches("[A-Za-z0-9_-][A-Za-z0-9._-]*")) {
                throw new IOException(
                        "it lists the file " + Quotation.shown(file.path) + ", which does not lie in " + folder + "/");
            }
            if (file.bytes < 0 || file.rows < 0) {
                throw new IOException("it lists the file " + file.path + " with less than nothing in it");
            }
        }
    }
}
