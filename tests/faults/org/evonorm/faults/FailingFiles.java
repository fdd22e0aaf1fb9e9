package org.evonorm.faults;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FullDisk;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/** The files of this machine, on a disk that becomes full or read-only after some more changes. */
public final class FailingFiles extends RawLocalFileSystem {

    /** The faults of the disk, with their messages. */
    enum Fault {
        FULL("No space left on device"),
        READ_ONLY("Read-only file system");

        final String message;

        Fault(String message) {
            this.message = message;
        }
    }

    static final String SCHEME = "failing";
    static final AtomicInteger CHANGES_LEFT = new AtomicInteger(Integer.MAX_VALUE);
    private static volatile Fault fault = Fault.FULL;

    static void failAfter(int changes, Fault how) {
        fault = how;
        CHANGES_LEFT.set(changes);
    }

    static void mend() {
        CHANGES_LEFT.set(Integer.MAX_VALUE);
    }

    private static void change() throws IOException {
        if (CHANGES_LEFT.getAndUpdate(left -> Math.max(0, left - 1)) == 0) {
            throw new IOException(fault.message);
        }
    }

    /** A change that needs no space (deletion, renaming), which a full disk still allows. */
    private static void rearrange() throws IOException {
        if (fault == Fault.READ_ONLY) {
            change();
        }
    }

    @Override
    public String getScheme() {
        return SCHEME;
    }

    @Override
    public URI getUri() {
        return URI.create(SCHEME + ":///");
    }

    @Override
    public FSDataOutputStream create(
            Path path,
            FsPermission permission,
            boolean overwrite,
            int bufferSize,
            short replication,
            long blockSize,
            Progressable progress)
            throws IOException {
        change();
        return failing(super.create(path, permission, overwrite, bufferSize, replication, blockSize, progress));
    }

    @Override
    public FSDataOutputStream create(
            Path path, boolean overwrite, int bufferSize, short replication, long blockSize, Progressable progress)
            throws IOException {
        change();
        return failing(super.create(path, overwrite, bufferSize, replication, blockSize, progress));
    }

    private static FSDataOutputStream failing(OutputStream file) throws IOException {
        return new FSDataOutputStream(
                new FilterOutputStream(file) {
                    @Override
                    public void write(byte[] bytes, int offset, int length) throws IOException {
                        if (fault == Fault.FULL) {
                            try {
                                change();
                            } catch (IOException e) {
                                // As Hadoop's local file system has it.
                                throw FullDisk.error(e.getMessage());
                            }
                        }
                        out.write(bytes, offset, length);
                    }
                },
                null);
    }

    @Override
    public boolean mkdirs(Path path, FsPermission permission) throws IOException {
        if (!exists(path)) {
            change();
        }
        return super.mkdirs(path, permission);
    }

    @Override
    public boolean mkdirs(Path path) throws IOException {
        if (!exists(path)) {
            change();
        }
        return super.mkdirs(path);
    }

    @Override
    public boolean rename(Path from, Path to) throws IOException {
        rearrange();
        return super.rename(from, to);
    }

    @Override
    public boolean delete(Path path, boolean recursive) throws IOException {
        rearrange();
        return super.delete(path, recursive);
    }
}
