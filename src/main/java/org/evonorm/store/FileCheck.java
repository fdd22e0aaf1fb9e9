package org.evonorm.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.fs.Path;

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
     * @throws StoreException if the file is not as its record has it
     */
    void require(DataFile file, ParquetSchema schema, String owner, String mend) {
        Path path = folder.path(file.path());
        String found;
        try {
            long bytes = folder.files().getFileStatus(path).getLen();
            if (bytes != file.bytes()) {
                found = "has " + bytes + " bytes instead of " + file.bytes();
            } else if (verified.contains(file)) {
                return;
            } else if (!file.crc32c().isEmpty()
                    && !Checksum.of(folder.files(), path).equals(file.crc32c())) {
                found = "was altered since it was written";
            } else {
                long rows = new TableFile(path, schema, folder.files().getConf(), mend).rowCount();
                if (rows == file.rows()) {
                    verified.add(file);
                    return;
                }
                found = "has " + rows + " rows instead of " + file.rows();
            }
        } catch (FileNotFoundException e) {
            found = "is missing";
        } catch (IOException e) {
            found = "cannot be read (" + RunFolder.message(e) + ")";
        }
        throw new StoreException(
                RunFolder.show(path) + ", a file of " + owner + ", " + found + "; restore it, or " + mend);
    }
}
