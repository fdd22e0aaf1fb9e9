package org.evonorm.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A file of a training's state: big-endian float32 values, and the CRC-32C of a key and the values. It appears whole or
 * not at all.
 *
 * @param key name of the content, which a file under another name does not have; may be empty
 */
record StateFile(FileSystem files, Path path, String key) {

    /** Writes the values; if the file exists, another attempt at the same task has written the same values first. */
    void write(float[] values) throws IOException {
        int size = Math.multiplyExact(values.length, Float.BYTES);
        ByteBuffer bytes = ByteBuffer.allocate(Math.addExact(size, Integer.BYTES));
        bytes.asFloatBuffer().put(values);
        bytes.putInt(size, checksum(bytes.array(), size));
        try {
            new TextFile(files, path).write(bytes.array());
        } catch (IOException e) {
            if (!files.exists(path)) {
                throw e;
            }
        }
    }

    /**
     * Reads the values.
     *
     * @throws AlteredException if the content is not what was written for this key
     * @throws IOException      if the file is missing or cannot be read
     */
    FloatBuffer read() throws IOException {
        byte[] content = new TextFile(files, path).bytes();
        int size = content.length - Integer.BYTES;
        if (size < 0 || size % Float.BYTES != 0 || ByteBuffer.wrap(content).getInt(size) != checksum(content, size)) {
            throw new AlteredException();
        }
        return ByteBuffer.wrap(content, 0, size).asFloatBuffer();
    }

    /** The content of a file is not what was written. */
    static final class AlteredException extends IOException {

        private static final long serialVersionUID = 1;

        AlteredException() {
            super("it was altered since it was written");
        }
    }

    private int checksum(byte[] content, int size) {
        CRC32C checksum = new CRC32C();
        checksum.update(key.getBytes(StandardCharsets.UTF_8));
        checksum.update(content, 0, size);
        return (int) checksum.getValue();
    }
}
