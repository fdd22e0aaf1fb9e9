package org.evonorm.engine.cpu;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.evonorm.graph.CanonicalForm;
import org.evonorm.graph.ChannelVectors;
import org.evonorm.graph.Layer;
import org.evonorm.graph.TensorShape;
import org.evonorm.program.LayerProgramme;
import org.evonorm.program.Operation;

/**
 * Runs one layer on one tensor through the tile machine, as the places of a network do: for checking values and gradients.
 *
 * @param output     y, NHWC
 * @param dx         derivative with respect to x, NHWC; empty in evaluation mode
 * @param gradient   derivatives with respect to the trainable vectors; zeros in evaluation mode
 * @param statistics batch mean, mean square or variance of each distinct batch aggregate in canonical order, [C] each
 */
public record LayerRun(float[] output, float[] dx, ChannelVectors gradient, List<float[]> statistics) {

    /**
     * Forward and backward in training mode.
     *
     * @param dy derivative of the loss with respect to the output, NHWC
     */
    public static LayerRun training(Layer layer, TensorShape shape, float[] x, ChannelVectors vectors, float[] dy,
                                    int threads) {
        return training(layer, shape, x, vectors, dy, threads, Scratch::create);
    }

    /** As {@link #training}, in memory of this kind, which says what runs the passes. */
    static LayerRun training(Layer layer, TensorShape shape, float[] x, ChannelVectors vectors, float[] dy, int threads,
                             Supplier<Scratch> scratch) {
        return training(layer, LayerPlan.training(CanonicalForm.of(layer)), shape, x, x, vectors, dy, threads, scratch);
    }

    /** As {@link #training}, with kinks held on the sides that they are on for the input {@code held}. */
    static LayerRun holding(Layer layer, TensorShape shape, float[] x, float[] held, ChannelVectors vectors, float[] dy) {
        return training(layer, LayerPlan.holding(CanonicalForm.of(layer)), shape, x, held, vectors, dy, 1,
                Scratch::create);
    }

    private static LayerRun training(Layer layer, LayerPlan plan, TensorShape shape, float[] x, float[] held,
                                     ChannelVectors vectors, float[] dy, int threads, Supplier<Scratch> kind) {
        Layer canonical = CanonicalForm.of(layer);
        try (Workers workers = new Workers(threads); Floats input = copy(x); Floats heldInput = copy(held);
             Floats output = new Floats(shape.size()); Floats derivative = copy(dy);
             Floats dx = new Floats(shape.size()); Memory memory = Memory.of(workers, kind)) {
            TileLayer tiles = tiles(plan, shape, vectors, workers, memory);
            TileMachine.Tensors tensors = new TileMachine.Tensors(input, heldInput, output, derivative, dx, false);
            dx.fill(0);
            workers.run(worker -> {
                tiles.forward(worker, tensors);
                tiles.backward(worker, tensors);
            });
            int channels = shape.channels();
            ChannelVectors gradient = new ChannelVectors(gradient(tiles, Operation.V0, channels),
                    gradient(tiles, Operation.V1, channels), gradient(tiles, Operation.GAMMA, channels),
                    gradient(tiles, Operation.BETA, channels));
            List<float[]> statistics = new ArrayList<>();
            for (int i = 0; i < LayerProgramme.averages(canonical); i++) {
                statistics.add(Arrays.copyOf(tiles.statistic(i), channels));
            }
            return new LayerRun(contents(output), contents(dx), gradient, statistics);
        }
    }

    /** Forward in evaluation mode, where batch aggregates read {@code averages}, in canonical order, [C] each. */
    public static LayerRun evaluation(Layer layer, TensorShape shape, float[] x, ChannelVectors vectors,
                                      List<float[]> averages, int threads) {
        Layer canonical = CanonicalForm.of(layer);
        try (Workers workers = new Workers(threads); Floats input = copy(x);
             Floats output = new Floats(shape.size()); Memory memory = Memory.of(workers, Scratch::create)) {
            TileLayer tiles = tiles(LayerPlan.evaluation(canonical), shape, vectors, workers, memory);
            for (int i = 0; i < averages.size(); i++) {
                tiles.set(Operation.AVERAGE, i, averages.get(i), 0);
            }
            TileMachine.Tensors tensors = new TileMachine.Tensors(input, input, output, input, output, false);
            workers.run(worker -> tiles.forward(worker, tensors));
            int channels = shape.channels();
            return new LayerRun(contents(output), new float[0], new ChannelVectors(new double[channels],
                    new double[channels], new double[channels], new double[channels]), List.of());
        }
    }

    /** Scratch memory of all workers. */
    private record Memory(Scratch[] scratch) implements AutoCloseable {

        static Memory of(Workers workers, Supplier<Scratch> kind) {
            return new Memory(Stream.generate(kind).limit(workers.count()).toArray(Scratch[]::new));
        }

        @Override
        public void close() {
            for (Scratch memory : scratch) {
                memory.close();
            }
        }
    }

    private static TileLayer tiles(LayerPlan plan, TensorShape shape, ChannelVectors vectors, Workers workers,
                                   Memory memory) {
        TileLayer tiles = new TileLayer(plan, new Slices(shape.batch(), workers.count()),
                shape.height() * shape.width(), shape.channels(), workers, memory.scratch());
        tiles.set(Operation.V0, 0, toFloats(vectors.v0()), 0);
        tiles.set(Operation.V1, 0, toFloats(vectors.v1()), 0);
        tiles.set(Operation.HELD_V0, 0, toFloats(vectors.v0()), 0);
        tiles.set(Operation.HELD_V1, 0, toFloats(vectors.v1()), 0);
        tiles.set(Operation.GAMMA, 0, toFloats(vectors.gamma()), 0);
        tiles.set(Operation.BETA, 0, toFloats(vectors.beta()), 0);
        return tiles;
    }

    private static double[] gradient(TileLayer tiles, Operation leaf, int channels) {
        float[] values = new float[channels];
        tiles.gradient(leaf, values, 0);
        double[] gradient = new double[channels];
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

    private static Floats copy(float[] values) {
        Floats floats = new Floats(values.length);
        floats.buffer().put(0, values);
        return floats;
    }

    private static float[] contents(Floats floats) {
        float[] values = new float[floats.size()];
        floats.buffer().get(0, values);
        return values;
    }
}
