package org.evonorm.store;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.evonorm.text.Quotation;

/**
 * The record of a batch of a table that only grows: the files of its trainings, with sizes and checksums. A batch
 * counts once its record exists.
 *
 * @param format version of the record's format
 * @param batch  number of the batch, from 1
 * @param tables files by the table's folder name; a table to which the batch adds nothing is not there
 * @param crc32c CRC-32C of the record's own text without this value, in hexadecimal
 */
record BatchRecord(int format, int batch, Map<String, List<DataFile>> tables, String crc32c)
        implements Records.Numbered<BatchRecord> {

    static final int FORMAT = 1;

    BatchRecord {
        crc32c = Objects.requireNonNullElse(crc32c, "");
    }

    BatchRecord(int batch, Map<String, List<DataFile>> tables) {
        this(FORMAT, batch, tables, "");
    }

    @Override
    public BatchRecord withCrc32c(String checksum) {
        return new BatchRecord(format, batch, tables, checksum);
    }

    @Override
    public int number() {
        return batch;
    }

    @Override
    public String toJson() {
        return CheckedJson.write(this);
    }

    /**
     * Reads the text that {@link #toJson} writes.
     *
     * @param kind  the work that adds batches, for messages
     * @param known folders of its tables
     * @throws IOException if the text is not such a record, was altered, or has a format of a later version
     */
    static BatchRecord fromJson(String json, String kind, Set<String> known) throws IOException {
        BatchRecord record = CheckedJson.read(json, BatchRecord.class);
        if (record.format != FORMAT) {
            throw new IOException("it has format " + record.format + ", and this version reads format " + FORMAT);
        }
        if (record.tables == null || record.tables.isEmpty()) {
            throw new IOException("it lists no files");
        }
        for (Map.Entry<String, List<DataFile>> table : record.tables.entrySet()) {
            if (!known.contains(table.getKey())) {
                throw new IOException(
                        "it lists files of a table " + Quotation.shown(table.getKey()) + ", which no " + kind + " has");
            }
            DataFile.requireIn(table.getKey(), table.getKey(), table.getValue());
        }
        CheckedJson.requireUnaltered(record);
        return record;
    }

    /** The files that the batch adds to a table. */
    List<DataFile> files(BatchTable table) {
        return tables.getOrDefault(table.folder(), List.of());
    }
}
