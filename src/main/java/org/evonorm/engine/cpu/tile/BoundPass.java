package org.evonorm.engine.cpu.tile;

/** A tile pass bound to one tensor shape and to the scratch memory of one worker, ready to run. */
interface BoundPass {

    /**
     * Copies a small value to its register. It lasts until another pass in the same scratch memory copies its own.
     *
     * @param index  number of the broadcast in the pass
     * @param values array with one value per channel
     * @param from   index of the first channel's value
     */
    void broadcast(int index, float[] values, int from);

    /**
     * Runs the pass over all pixels of one sample. Sums of reductions are in the accumulators of the scratch memory
     * afterwards.
     *
     * @param start index of the sample's first value in the tensors
     */
    void run(int start, PassTensors tensors);
}
