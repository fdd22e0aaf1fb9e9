package org.evonorm.engine.cpu;

/** How the samples of a batch are shared out: neighbours to one worker, as evenly as possible. */
record Slices(int batch, int workers) {

    /** Index of the worker's first sample. */
    int first(int worker) {
        return (int) ((long) batch * worker / workers);
    }

    /** Number of the worker's samples, possibly 0. */
    int count(int worker) {
        return first(worker + 1) - first(worker);
    }
}
