package org.evonorm.engine.cpu.memory;

import org.bytedeco.javacpp.FloatPointer;

/**
 * A block of native memory.
 *
 * @param floats its floats, as many as the capacity says
 * @param free   frees the memory; called once
 */
record NativeBlock(FloatPointer floats, Runnable free) {

    /** A small block, which has an allocation of its own. */
    static NativeBlock alone(long floats) {
        FloatPointer allocated = new FloatPointer(floats);
        return new NativeBlock(allocated, allocated::deallocate);
    }

    long size() {
        return floats.capacity();
    }
}
