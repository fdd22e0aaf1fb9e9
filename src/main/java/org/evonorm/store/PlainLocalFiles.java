package org.evonorm.store;

import java.io.IOException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;

/**
 * This machine's files for small things that are written often. Hadoop would keep a file with a checksum beside each,
 * and start a process to give each the permissions that it has already by the umask.
 */
final class PlainLocalFiles extends RawLocalFileSystem {

    private PlainLocalFiles() {}

    /** These where {@code files} are this machine's, and else {@code files}. */
    static FileSystem insteadOf(FileSystem files) throws IOException {
        if (!(files instanceof LocalFileSystem)) {
            return files;
        }
        PlainLocalFiles plain = new PlainLocalFiles();
        plain.initialize(files.getUri(), files.getConf());
        return plain;
    }

    @Override
    public void setPermission(Path path, FsPermission permission) {
        // The umask's are meant.
    }
}
