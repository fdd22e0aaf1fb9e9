package org.evonorm.engine.cpu.memory;

/** How the samples of a batch are shared out: neighbours to one worker, as evenly as possible. */
public record Slices(int batch, int workers) {

    /** Index of the worker's first sample. */
    public int first(int worker) {
        return (int) ((long) batch * worker / workers);
    }

    /** Number of the worker's samples, possibly 0. */
    public int count(int worker) {
        return first(worker + 1) - first(worker);
    }
}
