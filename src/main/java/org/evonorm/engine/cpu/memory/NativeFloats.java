package org.evonorm.engine.cpu.memory;

import java.nio.FloatBuffer;
import java.util.Arrays;
import org.bytedeco.javacpp.FloatPointer;

/**
 * An array of floats in native memory, aligned to cache lines, which oneDNN, compiled loops and Java can all access.
 */
public final class NativeFloats implements AutoCloseable {

    private static final int LINE_BYTES = 64;
    /** Limit of the number of floats: the size of a buffer in bytes is an int. */
    private static final long MAX_FLOATS = (Integer.MAX_VALUE - LINE_BYTES) / Float.BYTES;

    private final NativeBlock allocated;
    private final FloatPointer aligned;
    private final FloatBuffer buffer;
    private final int size;
    private boolean closed;

    /**
     * Takes memory for {@code size} floats from the native memory pool. The contents are undefined.
     *
     * @throws IllegalArgumentException if the memory would be larger than 2 GiB
     */
    public NativeFloats(long size) {
        if (size < 0 || size > MAX_FLOATS) {
            throw new IllegalArgumentException("a tensor of " + size
                    + " values is more than one buffer holds; use a smaller batch, image or network");
        }
        this.size = (int) size;
        this.allocated = NativeMemoryPool.take(size + LINE_BYTES / Float.BYTES);
        long skip = (LINE_BYTES - allocated.floats().address() % LINE_BYTES) % LINE_BYTES / Float.BYTES;
        this.aligned = allocated.floats().getPointer(skip);
        this.buffer = aligned.capacity(size).asBuffer();
    }

    /** Number of floats. */
    public int size() {
        return size;
    }

    /** A view for bulk copies by absolute index. Callers must not change its position. */
    public FloatBuffer buffer() {
        return buffer;
    }

    /** The address of the first value, a multiple of 64. */
    public long address() {
        return aligned.address();
    }

    /** The address of one value, in the form for oneDNN. */
    public FloatPointer at(long index) {
        return aligned.getPointer(index);
    }

    /** Sets all values. */
    public void fill(float value) {
        float[] chunk = new float[Math.min(size, 4096)];
        Arrays.fill(chunk, value);
        for (int i = 0; i < size; i += chunk.length) {
            buffer.put(i, chunk, 0, Math.min(chunk.length, size - i));
        }
    }

    /** Returns the memory to the native memory pool; further calls do nothing. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            NativeMemoryPool.giveBack(allocated);
        }
    }
}
