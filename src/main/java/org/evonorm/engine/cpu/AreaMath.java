package org.evonorm.engine.cpu;

import java.util.Arrays;

/**
 * Arithmetic between tensors [B, H, W, C] and their planes [B, 1, 1, C], tile by tile. One worker's, for one tensor shape.
 */
final class AreaMath {

    private final Slices slices;
    private final int worker;
    private final TileShape shape;
    private final float[] first;
    private final float[] second;
    private final float[] repeated;
    private final float[] sums;
    private final float[] plane;

    AreaMath(Tensor tensor, Slices slices, int worker) {
        this.slices = slices;
        this.worker = worker;
        this.shape = TileShape.of(tensor.shape().area(), tensor.shape().channels());
        this.first = new float[shape.capacity()];
        this.second = new float[shape.capacity()];
        this.repeated = new float[shape.capacity()];
        this.sums = new float[shape.capacity()];
        this.plane = new float[shape.paddedChannels()];
    }

    /** One for every worker. */
    static AreaMath[] of(Tensor tensor, Slices slices) {
        AreaMath[] all = new AreaMath[slices.workers()];
        Arrays.setAll(all, worker -> new AreaMath(tensor, slices, worker));
        return all;
    }

    private interface Tile {
        void run(int at, int count);
    }

    private void forEachTile(int sample, Tile tile) {
        int total = shape.area() * shape.channels();
        int step = shape.tile();
        for (int at = 0; at < total; at += step) {
            tile.run(sample * total + at, Math.min(step, total - at));
        }
    }

    /** {@code out[b, c] = mean over pixels of a[b, ·, c]} */
    void mean(Tensor out, Tensor a) {
        for (int sample = slices.first(worker); sample < slices.first(worker + 1); sample++) {
            Arrays.fill(sums, 0f);
            forEachTile(sample, (at, count) -> {
                a.floats().buffer().get(at, first, 0, count);
                Sums.add(sums, first, 0, count, shape.row());
            });
            Sums.fold(sums, shape, plane, 0, 1f / shape.area());
            out.floats().buffer().put(sample * shape.channels(), plane, 0, shape.channels());
        }
    }

    /** The derivative of {@link #mean}: {@code out[b, ·, c] = (+) a[b, c] / area} */
    void spread(Tensor out, Tensor a, boolean accumulate) {
        for (int sample = slices.first(worker); sample < slices.first(worker + 1); sample++) {
            a.floats().buffer().get(sample * shape.channels(), plane, 0, shape.channels());
            for (int c = 0; c < shape.channels(); c++) {
                plane[c] /= shape.area();
            }
            shape.repeat(plane, 0, repeated, 0, shape.tile());
            forEachTile(sample, (at, count) -> {
                float[] result = repeated;
                if (accumulate) {
                    out.floats().buffer().get(at, first, 0, count);
                    Kernel.ADD.run(first, 0, first, 0, repeated, 0, first, 0, TileShape.padded(count));
                    result = first;
                }
                out.floats().buffer().put(at, result, 0, count);
            });
        }
    }

    /** {@code out[b, p, c] = (+) a[b, p, c] · gate[b, c]} */
    void scale(Tensor out, Tensor a, Tensor gate, boolean accumulate) {
        for (int sample = slices.first(worker); sample < slices.first(worker + 1); sample++) {
            gate.floats().buffer().get(sample * shape.channels(), plane, 0, shape.channels());
            shape.repeat(plane, 0, repeated, 0, shape.tile());
            forEachTile(sample, (at, count) -> {
                a.floats().buffer().get(at, first, 0, count);
                if (accumulate) {
                    out.floats().buffer().get(at, second, 0, count);
                }
                Kernel kernel = accumulate ? Kernel.MULTIPLY_ADD : Kernel.MUL;
                kernel.run(first, 0, first, 0, repeated, 0, second, 0, TileShape.padded(count));
                out.floats().buffer().put(at, first, 0, count);
            });
        }
    }

    /** {@code out[b, c] = (+) sum over pixels of a[b, ·, c] · b[b, ·, c]} */
    void sumOfProducts(Tensor out, Tensor a, Tensor b, boolean accumulate) {
        float[] before = new float[shape.channels()];
        for (int sample = slices.first(worker); sample < slices.first(worker + 1); sample++) {
            Arrays.fill(sums, 0f);
            forEachTile(sample, (at, count) -> {
                a.floats().buffer().get(at, first, 0, count);
                b.floats().buffer().get(at, second, 0, count);
                Sums.addProducts(sums, first, 0, second, 0, count, shape.row());
            });
            Sums.fold(sums, shape, plane, 0, 1f);
            if (accumulate) {
                out.floats().buffer().get(sample * shape.channels(), before);
                for (int c = 0; c < before.length; c++) {
                    plane[c] += before[c];
                }
            }
            out.floats().buffer().put(sample * shape.channels(), plane, 0, shape.channels());
        }
    }
}
