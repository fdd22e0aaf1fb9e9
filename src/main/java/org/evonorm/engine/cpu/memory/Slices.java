package org.evonorm.engine.cpu.memory;

/**
 * The partition of the samples of a batch among workers. A slice is the range of samples of one worker; slices are as
 * equal as possible.
 *
 * @param batch   number of samples
 * @param workers number of workers
 */
public record Slices(int batch, int workers) {

    /** Index of the first sample of a worker's slice. */
    public int first(int worker) {
        return (int) ((long) batch * worker / workers);
    }

    /** Number of samples of a worker's slice, possibly 0. */
    public int count(int worker) {
        return first(worker + 1) - first(worker);
    }
}
