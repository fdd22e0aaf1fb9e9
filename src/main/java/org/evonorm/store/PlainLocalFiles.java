package org.evonorm.store;

import java.io.IOException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;

/**
 * The local file system without checksum files and permissions, for small files that are written often. Hadoop's
 * {@link LocalFileSystem} writes a checksum file beside each file, and starts a process per file to set the permissions
 * that the umask has already given.
 */
final class PlainLocalFiles extends RawLocalFileSystem {

    private PlainLocalFiles() {}

    /** A plain file system in place of Hadoop's local one; any other file system is returned as it is. */
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
        // The umask's permissions stay.
    }
}
