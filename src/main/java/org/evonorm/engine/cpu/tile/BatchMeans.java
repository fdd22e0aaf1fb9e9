package org.evonorm.engine.cpu.tile;

import java.util.HashMap;
import java.util.Map;
import org.evonorm.engine.cpu.memory.Workers;
import org.evonorm.program.Operation;
import org.evonorm.program.Program;

/**
 * The means over the batch of one layer, across workers. Each worker sums over its own slice; after a meeting, each
 * worker adds the partial sums of all workers in the same order, so that all have the same value. Sums are float64.
 * Each mean has memory of its own, since a worker may be one meeting ahead of another.
 */
final class BatchMeans {

    private final Workers workers;
    private final int worker;
    /** By instruction of the mean, the partial sums [workers, C]. */
    private final Map<Integer, double[][]> partials;

    private BatchMeans(Workers workers, int worker, Map<Integer, double[][]> partials) {
        this.workers = workers;
        this.worker = worker;
        this.partials = partials;
    }

    /** One view per worker on the common memory of all batch means of a program. */
    static BatchMeans[] of(Workers workers, Program program, int channels) {
        Map<Integer, double[][]> partials = new HashMap<>();
        for (int value = 0; value < program.instructions().size(); value++) {
            if (program.at(value).operation() == Operation.MEAN_B) {
                partials.put(value, new double[workers.count()][channels]);
            }
        }
        BatchMeans[] views = new BatchMeans[workers.count()];
        for (int worker = 0; worker < views.length; worker++) {
            views[worker] = new BatchMeans(workers, worker, partials);
        }
        return views;
    }

    /** The partial sums [C] of this worker for the mean of instruction {@code value}, to be written. */
    double[] partial(int value) {
        return partials.get(value)[worker];
    }

    /** Waits until all workers have written their partial sums. */
    void meet() {
        workers.meet();
    }

    /**
     * Writes the mean of instruction {@code value} over {@code batch} samples to {@code out} [C], after the meeting.
     */
    void total(int value, int batch, float[] out, int channels) {
        double[][] byWorker = partials.get(value);
        for (int c = 0; c < channels; c++) {
            double sum = 0;
            for (double[] partial : byWorker) {
                sum += partial[c];
            }
            out[c] = (float) (sum / batch);
        }
    }
}
