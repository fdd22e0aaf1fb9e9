package org.evonorm.store;

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
 * @param crc32c     CRC-32C of the record's own text without this value, in hexadecimal; empty before format 3
 */
record CommitRecord(int format, int generation, Map<String, List<DataFile>> tables, String crc32c)
        implements Records.Numbered<CommitRecord> {

    /** The format that this version of the program writes; it reads this format and earlier ones. */
    static final int FORMAT = 3;

    /** The first format in which a record has a checksum of its own. */
    private static final int CHECKED = 3;

    CommitRecord {
        crc32c = Objects.requireNonNullElse(crc32c, "");
    }

    CommitRecord(int generation, Map<String, List<DataFile>> tables) {
        this(FORMAT, generation, tables, "");
    }

    @Override
    public CommitRecord withCrc32c(String checksum) {
        return new CommitRecord(format, generation, tables, checksum);
    }

    @Override
    public int number() {
        return generation;
    }

    @Override
    public String toJson() {
        return CheckedJson.write(this);
    }

    /**
     * Reads the text that {@link #toJson} writes.
     *
     * @throws IOException if the text is not such a record, was altered, or has a format of a later version
     */
    static CommitRecord fromJson(String json) throws IOException {
        CommitRecord commit = CheckedJson.read(json, CommitRecord.class);
        if (commit.format < 1 || commit.format > FORMAT) {
            throw new IOException(
                    "it has format " + commit.format + ", and this version reads formats up to " + FORMAT);
        }
        if (commit.tables == null) {
            throw new IOException("it lists no files");
        }
        // Every table has a file, also one without rows.
        for (Table table : Table.values()) {
            DataFile.requireIn(table.partition(commit.generation), table.folder(), commit.tables.get(table.folder()));
        }
        if (commit.format >= CHECKED) {
            CheckedJson.requireUnaltered(commit);
        }
        return commit;
    }

    /** The files of one table. */
    List<DataFile> files(Table table) {
        return tables.get(table.folder());
    }
}
