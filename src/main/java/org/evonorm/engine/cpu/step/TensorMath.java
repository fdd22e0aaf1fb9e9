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
}
