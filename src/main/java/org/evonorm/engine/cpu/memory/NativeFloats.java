package org.evonorm.engine.cpu.memory;

import java.nio.FloatBuffer;
import java.util.Arrays;
import org.bytedeco.javacpp.FloatPointer;

/** Floats in native memory, aligned to cache lines, where oneDNN and Java both reach them. */
public final class NativeFloats implements AutoCloseable {

    private static final int LINE_BYTES = 64;
    /** A buffer's size in bytes is an int. */
    private static final long MOST = (Integer.MAX_VALUE - LINE_BYTES) / Float.BYTES;

    private final FloatPointer allocated;
    private final FloatPointer aligned;
    private final FloatBuffer buffer;
    private final int size;
    private boolean closed;

    /** Memory for {@code size} floats, which may hold anything. */
    public NativeFloats(long size) {
        if (size < 0 || size > MOST) {
            throw new IllegalArgumentException("a tensor of " + size
                    + " values is more than one buffer holds; use a smaller batch, image or network");
        }
        this.size = (int) size;
        this.allocated = NativeMemoryPool.take(size + LINE_BYTES / Float.BYTES);
        long skip = (LINE_BYTES - allocated.address() % LINE_BYTES) % LINE_BYTES / Float.BYTES;
        this.aligned = allocated.getPointer(skip);
        this.buffer = aligned.capacity(size).asBuffer();
    }

    public int size() {
        return size;
    }

    /** For bulk copies by absolute index; its position must not be moved. */
    public FloatBuffer buffer() {
        return buffer;
    }

    /** Where the first value lies. */
    public long address() {
        return aligned.address();
    }

    /** The address of one value, as oneDNN takes it. */
    public FloatPointer at(long index) {
        return aligned.getPointer(index);
    }

    public void fill(float value) {
        float[] chunk = new float[Math.min(size, 4096)];
        Arrays.fill(chunk, value);
        for (int i = 0; i < size; i += chunk.length) {
            buffer.put(i, chunk, 0, Math.min(chunk.length, size - i));
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            NativeMemoryPool.giveBack(allocated);
        }
    }
}
