package org.evonorm.engine.cpu.step;

import java.nio.FloatBuffer;
import java.util.Arrays;
import org.bytedeco.javacpp.FloatPointer;
import org.evonorm.engine.cpu.memory.Slices;
import org.evonorm.engine.cpu.memory.Tensor;

/** The bias of a dense layer, one value per output: [B, 1, 1, O] starts from it, and its gradient sums over samples. */
final class Bias {

    private final Slices slices;
    private final FloatBuffer values;
    private final FloatBuffer gradient;
    /** By worker, the sums over its samples in float64. */
    private final double[][] sums;

    /** A bias of {@code outputs} values, with the addresses of values and gradient. */
    Bias(Slices slices, int outputs, FloatPointer values, FloatPointer gradient) {
        this.slices = slices;
        this.values = buffer(values, outputs);
        this.gradient = buffer(gradient, outputs);
        this.sums = new double[slices.workers()][outputs];
    }

    private static FloatBuffer buffer(FloatPointer pointer, int outputs) {
        return new FloatPointer(pointer).capacity(outputs).asBuffer();
    }

    /** Fills a worker's slice of the output with the bias. */
    void fill(Tensor output, int worker) {
        int outputs = sums[worker].length;
        for (int sample = slices.first(worker); sample < slices.first(worker + 1); sample++) {
            output.floats().buffer().put(sample * outputs, values, 0, outputs);
        }
    }

    /** Sums a worker's slice of the output's derivative. */
    void sum(Tensor derivative, int worker) {
        double[] own = sums[worker];
        Arrays.fill(own, 0);
        for (int sample = slices.first(worker); sample < slices.first(worker + 1); sample++) {
            for (int output = 0; output < own.length; output++) {
                own[output] += derivative.floats().buffer().get(sample * own.length + output);
            }
        }
    }

    /** Writes the gradient, after all workers have summed. */
    void finish() {
        for (int output = 0; output < sums[0].length; output++) {
            double sum = 0;
            for (double[] own : sums) {
                sum += own[output];
            }
            gradient.put(output, (float) sum);
        }
    }
}
