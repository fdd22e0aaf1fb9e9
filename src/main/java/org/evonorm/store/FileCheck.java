package org.evonorm.store;

import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The check that a file is the one that its record lists, before any row of it is believed: size, checksum, columns and
 * number of rows. A file is read once in the life of this object, which is the life of a process.
 */
final class FileCheck {

    private final RunFolder folder;
    private final Set<DataFile> verified = ConcurrentHashMap.newKeySet();

    FileCheck(RunFolder folder) {
        this.folder = folder;
    }

    /**
     * Refuses a file that is missing or altered.
     *
     * @param owner what the file belongs to, for the message
     * @param mend  what to do instead of restoring the file, for the message
     * @return the file, for reading
     * @throws StoreException if the file is not as its record has it
     */
    TableFile require(DataFile file, ParquetSchema schema, String owner, String mend) {
        TableFile table =
                new TableFile(folder.path(file.path()), schema, folder.files().getConf(), mend);
        Optional<String> fault;
        try {
            fault = fault(file, table);
        } catch (IOException e) {
            fault = Optional.of(TableFile.fault(e));
        }
        if (fault.isPresent()) {
            throw new StoreException(RunFolder.show(table.path()) + ", a file of " + owner + ", " + fault.get()
                    + "; restore it, or " + mend);
        }
        return table;
    }

    private Optional<String> fault(DataFile file, TableFile table) throws IOException {
        long bytes = table.bytes();
        if (bytes != file.bytes()) {
            return Optional.of("has " + bytes + " bytes instead of " + file.bytes());
        }
        if (verified.contains(file)) {
            return Optional.empty();
        }
        if (!file.crc32c().isEmpty()
                && !Checksum.of(folder.files(), table.path()).equals(file.crc32c())) {
            return Optional.of("was altered since it was written");
        }
        long rows = table.rowCount();
        if (rows != file.rows()) {
            return Optional.of("has " + rows + " rows instead of " + file.rows());
        }
        verified.add(file);
        return Optional.empty();
    }
}
