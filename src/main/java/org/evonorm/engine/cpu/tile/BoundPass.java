package org.evonorm.engine.cpu.tile;

/** A tile pass bound to one tensor shape and to a worker's scratch memory. */
interface BoundPass {

    /**
     * Takes a small value for the runs that follow, until another pass of the same scratch memory takes its own.
     *
     * @param index  of the pass's broadcasts
     * @param values holds one value a channel, from {@code from} on
     */
    void broadcast(int index, float[] values, int from);

    /** All pixels of one sample, which starts at {@code start}; sums are left in the scratch memory's accumulators. */
    void run(int start, PassTensors tensors);
}
