package org.evonorm.engine.cpu;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.evonorm.engine.NativeLibraries;
import org.evonorm.engine.cpu.memory.NativeFloats;
import org.evonorm.engine.cpu.memory.Slices;
import org.evonorm.engine.cpu.memory.Workers;
import org.evonorm.engine.cpu.tile.PassBackend;
import org.evonorm.engine.cpu.tile.PassTensors;
import org.evonorm.engine.cpu.tile.TileLayer;
import org.evonorm.engine.pass.LayerPlan;
import org.evonorm.graph.CanonicalLayer;
import org.evonorm.graph.ChannelVectors;
import org.evonorm.graph.Layer;
import org.evonorm.graph.TensorShape;
import org.evonorm.program.LayerLowering;
import org.evonorm.program.Operation;

/**
 * One run of a layer on one tensor by the tile machine, as at the places of a network. Checks of values and gradients
 * use it.
 *
 * @param output     output of the layer [B, H, W, C]
 * @param dx         derivative with respect to x [B, H, W, C]; empty in evaluation mode
 * @param gradient   derivatives with respect to the trainable vectors [C]; zeros in evaluation mode
 * @param statistics batch mean, mean square or variance [C] of each distinct batch aggregate, in canonical order; empty
 *                   in evaluation mode
 */
public record LayerRun(float[] output, float[] dx, ChannelVectors gradient, List<float[]> statistics) {

    /**
     * Runs the layer forward and backward in training mode.
     *
     * @param x       input [B, H, W, C]
     * @param dy      derivative of the loss with respect to the output [B, H, W, C]
     * @param threads number of workers
     */
    public static LayerRun training(
            Layer layer, TensorShape shape, float[] x, ChannelVectors vectors, float[] dy, int threads) {
        return training(layer, shape, x, vectors, dy, threads, PassBackend::create);
    }

    /** As {@link #training}, on the given back ends; {@code backend} makes one per worker. */
    public static LayerRun training(
            Layer layer,
            TensorShape shape,
            float[] x,
            ChannelVectors vectors,
            float[] dy,
            int threads,
            Supplier<PassBackend> backend) {
        CanonicalLayer canonical = CanonicalLayer.of(layer);
        return training(canonical, LayerPlan.training(canonical), shape, x, x, vectors, dy, threads, backend);
    }

    /** As {@link #training}, frozen on the branches taken at the input {@code frozen} [B, H, W, C]. */
    static LayerRun frozen(
            Layer layer, TensorShape shape, float[] x, float[] frozen, ChannelVectors vectors, float[] dy) {
        CanonicalLayer canonical = CanonicalLayer.of(layer);
        return training(canonical, LayerPlan.frozen(canonical), shape, x, frozen, vectors, dy, 1, PassBackend::create);
    }

    /** As {@link #training}, by a plan that was made for the layer. */
    static LayerRun training(
            CanonicalLayer layer,
            LayerPlan plan,
            TensorShape shape,
            float[] x,
            float[] frozen,
            ChannelVectors vectors,
            float[] dy,
            int threads,
            Supplier<PassBackend> backend) {
        NativeLibraries.prepare();
        try (Workers workers = new Workers(threads);
                NativeFloats input = copy(x);
                NativeFloats frozenInput = copy(frozen);
                NativeFloats output = new NativeFloats(shape.size());
                NativeFloats derivative = copy(dy);
                NativeFloats dx = new NativeFloats(shape.size());
                Backends backends = Backends.of(workers, backend)) {
            TileLayer tiles = tiles(plan, shape, vectors, workers, backends);
            PassTensors tensors = new PassTensors(input, frozenInput, output, derivative, dx, false);
            dx.fill(0);
            workers.run(worker -> {
                tiles.forward(worker, tensors);
                tiles.backward(worker, tensors);
            });
            int channels = shape.channels();
            ChannelVectors gradient = new ChannelVectors(
                    gradient(tiles, Operation.V0, layer.vectors().v0().size(channels)),
                    gradient(tiles, Operation.V1, layer.vectors().v1().size(channels)),
                    gradient(tiles, Operation.GAMMA, channels),
                    gradient(tiles, Operation.BETA, channels));
            List<float[]> statistics = new ArrayList<>();
            for (int i = 0; i < LayerLowering.runningStatistics(layer); i++) {
                statistics.add(Arrays.copyOf(tiles.statistic(i), channels));
            }
            return new LayerRun(contents(output), contents(dx), gradient, statistics);
        }
    }

    /**
     * Runs the layer forward in evaluation mode.
     *
     * @param runningStatistics the bias-corrected running statistic [C] of each distinct batch aggregate, in canonical
     *                          order
     */
    public static LayerRun evaluation(
            Layer layer,
            TensorShape shape,
            float[] x,
            ChannelVectors vectors,
            List<float[]> runningStatistics,
            int threads) {
        return evaluation(
                LayerPlan.evaluation(CanonicalLayer.of(layer)),
                shape,
                x,
                vectors,
                runningStatistics,
                threads,
                PassBackend::create);
    }

    /** As {@link #evaluation}, by a plan and on back ends that are given. */
    static LayerRun evaluation(
            LayerPlan plan,
            TensorShape shape,
            float[] x,
            ChannelVectors vectors,
            List<float[]> runningStatistics,
            int threads,
            Supplier<PassBackend> backend) {
        NativeLibraries.prepare();
        try (Workers workers = new Workers(threads);
                NativeFloats input = copy(x);
                NativeFloats output = new NativeFloats(shape.size());
                Backends backends = Backends.of(workers, backend)) {
            TileLayer tiles = tiles(plan, shape, vectors, workers, backends);
            for (int i = 0; i < runningStatistics.size(); i++) {
                tiles.set(Operation.RUNNING_STATISTIC, i, runningStatistics.get(i));
            }
            PassTensors tensors = new PassTensors(input, input, output, input, output, false);
            workers.run(worker -> tiles.forward(worker, tensors));
            int channels = shape.channels();
            return new LayerRun(
                    contents(output),
                    new float[0],
                    new ChannelVectors(
                            new double[channels], new double[channels], new double[channels], new double[channels]),
                    List.of());
        }
    }

    /** The back ends of all workers. */
    private record Backends(PassBackend[] each) implements AutoCloseable {

        static Backends of(Workers workers, Supplier<PassBackend> kind) {
            return new Backends(Stream.generate(kind).limit(workers.count()).toArray(PassBackend[]::new));
        }

        @Override
        public void close() {
            for (PassBackend backend : each) {
                backend.close();
            }
        }
    }

    private static TileLayer tiles(
            LayerPlan plan, TensorShape shape, ChannelVectors vectors, Workers workers, Backends backends) {
        TileLayer tiles = new TileLayer(
                plan,
                new Slices(shape.batch(), workers.count()),
                shape.height() * shape.width(),
                shape.channels(),
                workers,
                backends.each());
        tiles.set(Operation.V0, 0, toFloats(vectors.v0()));
        tiles.set(Operation.V1, 0, toFloats(vectors.v1()));
        tiles.set(Operation.FROZEN_V0, 0, toFloats(vectors.v0()));
        tiles.set(Operation.FROZEN_V1, 0, toFloats(vectors.v1()));
        tiles.set(Operation.GAMMA, 0, toFloats(vectors.gamma()));
        tiles.set(Operation.BETA, 0, toFloats(vectors.beta()));
        return tiles;
    }

    private static double[] gradient(TileLayer tiles, Operation leaf, int size) {
        float[] values = new float[size];
        tiles.gradient(leaf, values);
        double[] gradient = new double[size];
        Arrays.setAll(gradient, c -> values[c]);
        return gradient;
    }

    private static float[] toFloats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    private static NativeFloats copy(float[] values) {
        NativeFloats floats = new NativeFloats(values.length);
        floats.buffer().put(0, values);
        return floats;
    }

    private static float[] contents(NativeFloats floats) {
        float[] values = new float[floats.size()];
        floats.buffer().get(0, values);
        return values;
    }
}
