package org.evonorm.engine.cpu.tile;

import java.util.HashMap;
import java.util.Map;
import org.evonorm.engine.cpu.memory.Workers;
import org.evonorm.program.Operation;
import org.evonorm.program.Program;

/**
 * Where workers add up their shares of a layer's batch means. Every worker adds the shares in the same order, so that all
 * get the same value; sums are float64. Each mean has room of its own, since a worker may be one meeting ahead.
 */
final class BatchMeans {

    private final Workers workers;
    private final int worker;
    /** Instruction that takes the mean → worker → channel → sum. */
    private final Map<Integer, double[][]> shares;

    private BatchMeans(Workers workers, int worker, Map<Integer, double[][]> shares) {
        this.workers = workers;
        this.worker = worker;
        this.shares = shares;
    }

    /** One view a worker on common room for all batch means of a program. */
    static BatchMeans[] of(Workers workers, Program program, int channels) {
        Map<Integer, double[][]> shares = new HashMap<>();
        for (int value = 0; value < program.instructions().size(); value++) {
            if (program.at(value).operation() == Operation.MEAN_B) {
                shares.put(value, new double[workers.count()][channels]);
            }
        }
        BatchMeans[] views = new BatchMeans[workers.count()];
        for (int worker = 0; worker < views.length; worker++) {
            views[worker] = new BatchMeans(workers, worker, shares);
        }
        return views;
    }

    /** This worker's own sums for the mean that instruction {@code value} takes. */
    double[] partial(int value) {
        return shares.get(value)[worker];
    }

    void meet() {
        workers.meet();
    }

    /** The mean over a batch of this size, once all have met. */
    void total(int value, int batch, float[] out, int channels) {
        double[][] partials = shares.get(value);
        for (int c = 0; c < channels; c++) {
            double sum = 0;
            for (double[] partial : partials) {
                sum += partial[c];
            }
            out[c] = (float) (sum / batch);
        }
    }
}
