package org.evonorm.engine.cpu;

import java.util.Arrays;
import org.evonorm.network.Shape;

/** Simple arithmetic on slices of tensors, chunk by chunk through the Java heap. One worker's. */
final class TensorMath {

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
            Kernel.ADD.run(left, 0, left, 0, right, 0, right, 0, TileShape.padded(count));
            out.floats().buffer().put(at, left, 0, count);
        }
    }

    /** {@code out += a}, over their whole length. */
    void addAll(Floats out, Floats a) {
        for (int at = 0; at < out.size(); at += CHUNK) {
            int count = Math.min(CHUNK, out.size() - at);
            out.buffer().get(at, left, 0, count);
            a.buffer().get(at, right, 0, count);
            Kernel.ADD.run(left, 0, left, 0, right, 0, right, 0, TileShape.padded(count));
            out.buffer().put(at, left, 0, count);
        }
    }

    /** {@code out = a} */
    void copy(Tensor out, Tensor a, Slices slices, int worker) {
        int from = out.from(slices, worker);
        int end = from + out.count(slices, worker);
        for (int at = from; at < end; at += CHUNK) {
            int count = Math.min(CHUNK, end - at);
            a.floats().buffer().get(at, left, 0, count);
            out.floats().buffer().put(at, left, 0, count);
        }
    }

    /** Sets a slice to 0. */
    void clear(Tensor out, Slices slices, int worker) {
        Arrays.fill(left, 0f);
        int from = out.from(slices, worker);
        int end = from + out.count(slices, worker);
        for (int at = from; at < end; at += CHUNK) {
            out.floats().buffer().put(at, left, 0, Math.min(CHUNK, end - at));
        }
    }

    /** {@code out[b, c] = mean over pixels of a[b, ·, c]} */
    void meanOverArea(Tensor out, Tensor a, Slices slices, int worker) {
        Shape shape = a.shape();
        float[] pixel = new float[shape.channels()];
        float[] mean = new float[shape.channels()];
        for (int sample = slices.first(worker); sample < slices.first(worker + 1); sample++) {
            double[] sums = new double[shape.channels()];
            for (int position = 0; position < shape.area(); position++) {
                a.floats().buffer().get(sample * shape.size() + position * shape.channels(), pixel);
                for (int c = 0; c < sums.length; c++) {
                    sums[c] += pixel[c];
                }
            }
            for (int c = 0; c < sums.length; c++) {
                mean[c] = (float) (sums[c] / shape.area());
            }
            out.floats().buffer().put(sample * shape.channels(), mean);
        }
    }

    /** The derivative of {@link #meanOverArea}: {@code out[b, ·, c] = (+) factor · a[b, c]}. */
    void spreadOverArea(Tensor out, Tensor a, float factor, boolean accumulate, Slices slices, int worker) {
        Shape shape = out.shape();
        float[] value = new float[shape.channels()];
        float[] pixel = new float[shape.channels()];
        for (int sample = slices.first(worker); sample < slices.first(worker + 1); sample++) {
            a.floats().buffer().get(sample * shape.channels(), value);
            for (int position = 0; position < shape.area(); position++) {
                int at = sample * shape.size() + position * shape.channels();
                if (accumulate) {
                    out.floats().buffer().get(at, pixel);
                }
                for (int c = 0; c < pixel.length; c++) {
                    pixel[c] = (accumulate ? pixel[c] : 0f) + factor * value[c];
                }
                out.floats().buffer().put(at, pixel);
            }
        }
    }

    /** {@code out[b, p, c] = (+) a[b, p, c] · gate[b, c]} */
    void scale(Tensor out, Tensor a, Tensor gate, boolean accumulate, Slices slices, int worker) {
        Shape shape = a.shape();
        float[] factor = new float[shape.channels()];
        float[] value = new float[shape.channels()];
        float[] pixel = new float[shape.channels()];
        for (int sample = slices.first(worker); sample < slices.first(worker + 1); sample++) {
            gate.floats().buffer().get(sample * shape.channels(), factor);
            for (int position = 0; position < shape.area(); position++) {
                int at = sample * shape.size() + position * shape.channels();
                a.floats().buffer().get(at, value);
                if (accumulate) {
                    out.floats().buffer().get(at, pixel);
                }
                for (int c = 0; c < pixel.length; c++) {
                    pixel[c] = (accumulate ? pixel[c] : 0f) + value[c] * factor[c];
                }
                out.floats().buffer().put(at, pixel);
            }
        }
    }

    /** {@code out[b, c] = (+) Σ over pixels of a[b, ·, c] · b[b, ·, c]} */
    void sumOfProducts(Tensor out, Tensor a, Tensor b, boolean accumulate, Slices slices, int worker) {
        Shape shape = a.shape();
        float[] x = new float[shape.channels()];
        float[] y = new float[shape.channels()];
        float[] sums = new float[shape.channels()];
        for (int sample = slices.first(worker); sample < slices.first(worker + 1); sample++) {
            if (accumulate) {
                out.floats().buffer().get(sample * shape.channels(), sums);
            } else {
                Arrays.fill(sums, 0f);
            }
            for (int position = 0; position < shape.area(); position++) {
                int at = sample * shape.size() + position * shape.channels();
                a.floats().buffer().get(at, x);
                b.floats().buffer().get(at, y);
                for (int c = 0; c < sums.length; c++) {
                    sums[c] += x[c] * y[c];
                }
            }
            out.floats().buffer().put(sample * shape.channels(), sums);
        }
    }
}
