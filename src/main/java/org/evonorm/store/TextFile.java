package org.evonorm.store;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;

/**
 * A small file, of UTF-8 text unless bytes are asked for. It appears whole or not at all: it is written under a temporary name, which starts with a
 * dot and is nobody else's, and renamed. On object stores the rename is a copy, and the copy appears whole as well.
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

    /** Makes the file; where it is there already, the file system decides whether this fails or replaces it. */
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
            }
            if (!files.rename(temporary, path)) {
                throw new IOException("renaming " + temporary.getName() + " to " + path.getName() + " failed");
            }
        } catch (IOException e) {
            discard(temporary);
            throw e;
        }
    }

    /** Makes the file, in place of one that is there already. */
    void replace(String text) throws IOException {
        Path next = new Path(path.getParent(), "." + path.getName() + ".next");
        files.delete(next, false);
        new TextFile(files, next).write(text);
        FileContext.getFileContext(files.getUri(), files.getConf()).rename(next, path, Options.Rename.OVERWRITE);
    }

    private void discard(Path temporary) {
        try {
            files.delete(temporary, false);
        } catch (IOException e) {
            // Names with a dot are nobody's business; what made the writing fail is what the caller hears of.
            return;
        }
    }
}
