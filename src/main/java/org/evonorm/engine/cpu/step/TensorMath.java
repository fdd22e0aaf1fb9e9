package org.evonorm.engine.cpu.step;

import java.util.Arrays;
import org.evonorm.engine.cpu.memory.NativeFloats;
import org.evonorm.engine.cpu.memory.Slices;
import org.evonorm.engine.cpu.memory.Tensor;
import org.evonorm.engine.cpu.vector.Kernel;
import org.evonorm.engine.cpu.vector.VectorFunctions;

/**
 * Sums, copies and zeros of tensors [B, H, W, C] on one worker's slice. Kernels need Java arrays, so that tensors pass
 * through arrays chunk by chunk. An object serves one worker.
 */
public final class TensorMath {

    private static final int CHUNK = 4096;

    private final float[] left = new float[CHUNK];
    private final float[] right = new float[CHUNK];

    /** {@code out = a + b}; {@code out} may be {@code a}. */
    void add(Tensor out, Tensor a, Tensor b, Slices slices, int worker) {
        int from = out.from(slices, worker);
        int end = from + out.count(slices, worker);
        for (int at = from; at < end; at += CHUNK) {
            int count = Math.min(CHUNK, end - at);
            a.floats().buffer().get(at, left, 0, count);
            b.floats().buffer().get(at, right, 0, count);
            Kernel.ADD.run(left, 0, left, 0, right, 0, right, 0, VectorFunctions.padded(count));
            out.floats().buffer().put(at, left, 0, count);
        }
    }

    /** {@code out += a}, over the whole memory. */
    void addAll(NativeFloats out, NativeFloats a) {
        for (int at = 0; at < out.size(); at += CHUNK) {
            int count = Math.min(CHUNK, out.size() - at);
            out.buffer().get(at, left, 0, count);
            a.buffer().get(at, right, 0, count);
            Kernel.ADD.run(left, 0, left, 0, right, 0, right, 0, VectorFunctions.padded(count));
            out.buffer().put(at, left, 0, count);
        }
    }

    /** {@code out = a} */
    void copy(Tensor out, Tensor a, Slices slices, int worker) {
        int from = out.from(slices, worker);
        out.floats().buffer().put(from, a.floats().buffer(), from, out.count(slices, worker));
    }

    /** {@code out = 0} */
    void clear(Tensor out, Slices slices, int worker) {
        Arrays.fill(left, 0f);
        int from = out.from(slices, worker);
        int end = from + out.count(slices, worker);
        for (int at = from; at < end; at += CHUNK) {
            out.floats().buffer().put(at, left, 0, Math.min(CHUNK, end - at));
        }
    }

    /** Copies a tensor [B, H, W, C] to the channels of {@code out} from {@code channel} on. */
    void copyToChannels(Tensor out, int channel, Tensor a, Slices slices, int worker) {
        int width = a.shape().channels();
        int outWidth = out.shape().channels();
        int pixels = slices.count(worker) * a.shape().area();
        int target = out.from(slices, worker) + channel;
        int chunk = Math.max(1, CHUNK / width);
        float[] values = new float[Math.min(chunk, pixels) * width];
        for (int pixel = 0; pixel < pixels; pixel += chunk) {
            int count = Math.min(chunk, pixels - pixel);
            a.floats().buffer().get(a.from(slices, worker) + pixel * width, values, 0, count * width);
            for (int i = 0; i < count; i++) {
                out.floats().buffer().put(target + (pixel + i) * outWidth, values, i * width, width);
            }
        }
    }

    /**
     * Copies the channels of {@code a} from {@code channel} on, as many as {@code out} has, to {@code out}.
     *
     * @param adds whether the channels are added to the contents of {@code out}
     */
    void takeChannels(Tensor out, Tensor a, int channel, boolean adds, Slices slices, int worker) {
        int width = out.shape().channels();
        int fromWidth = a.shape().channels();
        int pixels = slices.count(worker) * out.shape().area();
        int source = a.from(slices, worker) + channel;
        int chunk = Math.max(1, CHUNK / width);
        float[] values = new float[Math.min(chunk, pixels) * width];
        float[] present = new float[adds ? values.length : 0];
        for (int pixel = 0; pixel < pixels; pixel += chunk) {
            int count = Math.min(chunk, pixels - pixel);
            int target = out.from(slices, worker) + pixel * width;
            for (int i = 0; i < count; i++) {
                a.floats().buffer().get(source + (pixel + i) * fromWidth, values, i * width, width);
            }
            if (adds) {
                out.floats().buffer().get(target, present, 0, count * width);
                for (int i = 0; i < count * width; i++) {
                    values[i] += present[i];
                }
            }
            out.floats().buffer().put(target, values, 0, count * width);
        }
    }
}
