package org.evonorm.store;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A small file of UTF-8 text or bytes that appears whole or not at all: it is written under a unique temporary name
 * that starts with a dot, and then renamed. On object stores the rename is a copy, which appears whole as well.
 */
record TextFile(FileSystem files, Path path) {

    String read() throws IOException {
        return new String(bytes(), StandardCharsets.UTF_8);
    }

    byte[] bytes() throws IOException {
        try (FSDataInputStream in = files.open(path)) {
            return in.readAllBytes();
        }
    }

    /** Writes the file. If it exists, the file system decides whether this fails or replaces the file. */
    void write(String text) throws IOException {
        write(text.getBytes(StandardCharsets.UTF_8));
    }

    /** As {@link #write(String)}. */
    void write(byte[] content) throws IOException {
        Path temporary = new Path(path.getParent(), "." + path.getName() + "." + UUID.randomUUID() + ".tmp");
        try {
            try (OutputStream out = files.create(
                    temporary, true, 4096, files.getDefaultReplication(path), files.getDefaultBlockSize(path))) {
                out.write(content);
            } catch (FSError e) {
                // Hadoop's local file system throws an error, no exception, where the disk is full.
                throw new IOException(e.getCause().getMessage(), e);
            }
            if (!files.rename(temporary, path)) {
                throw new IOException("renaming " + temporary.getName() + " to " + path.getName() + " failed");
            }
        } catch (IOException e) {
            discard(temporary);
            throw e;
        }
    }

    private void discard(Path temporary) {
        try {
            files.delete(temporary, false);
        } catch (IOException e) {
            // Every reader skips names that start with a dot, and the caller gets the exception of the write.
            return;
        }
    }
}
