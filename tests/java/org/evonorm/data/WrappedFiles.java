package org.evonorm.data;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.util.Progressable;

/** The files of this machine as a file system of another scheme, whose new files are written through other streams. */
public abstract class WrappedFiles extends RawLocalFileSystem {

    private final String scheme;

    protected WrappedFiles(String scheme) {
        this.scheme = scheme;
    }

    @Override
    public URI getUri() {
        return URI.create(scheme + ":///");
    }

    /** The stream that the bytes of a new file are written to. */
    protected abstract OutputStream wrapped(OutputStream file);

    @Override
    public FSDataOutputStream create(
            Path path, boolean overwrite, int bufferSize, short replication, long blockSize, Progressable progress)
            throws IOException {
        return new FSDataOutputStream(
                wrapped(super.create(path, overwrite, bufferSize, replication, blockSize, progress)), null);
    }
}
