package org.evonorm.engine.cpu.step;

import java.nio.FloatBuffer;
import java.util.Arrays;
import org.bytedeco.javacpp.FloatPointer;
import org.evonorm.engine.cpu.memory.Slices;
import org.evonorm.engine.cpu.memory.Tensor;

/**
 * The bias of a convolution or dense layer, one value per output channel: [B, H, W, O] starts from it, and its gradient
 * sums over all pixels.
 */
final class Bias {

    /** Floats that are filled or summed at a time. */
    private static final int CHUNK = 4096;

    private final Slices slices;
    private final FloatBuffer values;
    private final FloatBuffer gradient;
    /** Pixels that are filled or summed at a time. */
    private final int chunkPixels;
    /** By worker, the sums over its pixels in float64. */
    private final double[][] sums;

    /** A bias of {@code outputs} values, with the addresses of values and gradient. */
    Bias(Slices slices, int outputs, FloatPointer values, FloatPointer gradient) {
        this.slices = slices;
        this.values = buffer(values, outputs);
        this.gradient = buffer(gradient, outputs);
        this.chunkPixels = Math.max(1, CHUNK / outputs);
        this.sums = new double[slices.workers()][outputs];
    }

    private static FloatBuffer buffer(FloatPointer pointer, int outputs) {
        return new FloatPointer(pointer).capacity(outputs).asBuffer();
    }

    /** Fills a worker's slice of the output with the bias. */
    void fill(Tensor output, int worker) {
        int outputs = sums[worker].length;
        int from = output.from(slices, worker);
        int end = from + output.count(slices, worker);
        float[] chunk = new float[Math.min(chunkPixels * outputs, end - from)];
        for (int at = 0; at < chunk.length; at += outputs) {
            values.get(0, chunk, at, outputs);
        }
        for (int at = from; at < end; at += chunk.length) {
            output.floats().buffer().put(at, chunk, 0, Math.min(chunk.length, end - at));
        }
    }

    /** Sums a worker's slice of the output's derivative. */
    void sum(Tensor derivative, int worker) {
        double[] own = sums[worker];
        Arrays.fill(own, 0);
        int from = derivative.from(slices, worker);
        int end = from + derivative.count(slices, worker);
        float[] chunk = new float[Math.min(chunkPixels * own.length, end - from)];
        for (int at = from; at < end; at += chunk.length) {
            int count = Math.min(chunk.length, end - at);
            derivative.floats().buffer().get(at, chunk, 0, count);
            for (int pixel = 0; pixel < count; pixel += own.length) {
                for (int output = 0; output < own.length; output++) {
                    own[output] += chunk[pixel + output];
                }
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
