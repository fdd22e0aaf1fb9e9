package org.evonorm.engine.cpu.tile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.evonorm.engine.cpu.LayerRun;
import org.evonorm.engine.cpu.memory.NativeFloats;
import org.evonorm.engine.pass.LayerPlan;
import org.evonorm.engine.pass.TilePass;
import org.evonorm.graph.Baselines;
import org.evonorm.graph.CanonicalLayer;
import org.evonorm.graph.ChannelVectors;
import org.evonorm.graph.Family;
import org.evonorm.graph.Formula;
import org.evonorm.graph.Layer;
import org.evonorm.graph.RandomGraphs;
import org.evonorm.graph.SearchSpace;
import org.evonorm.graph.TensorShape;
import org.evonorm.graph.WideSpace;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares compiled passes with kernels: both give the same bits. */
class CompiledPassTest {

    private record Area(int pixels, int channels) {}

    /** Shapes with rows of one and of several pixels, tiles of few and many rows, and pixels that do not fill a row. */
    private static final List<Area> AREAS = List.of(
            new Area(1, 8),
            new Area(9, 480),
            new Area(9, 40),
            new Area(36, 64),
            new Area(576, 16),
            new Area(49, 24),
            new Area(7, 5),
            new Area(100, 17),
            new Area(4, 1100));

    /** The contents of tensors and small values. */
    private enum Values {
        NORMAL,
        /**
         * Normal values; one in thirty is a point where functions are not smooth, saturate, overflow or are not
         * defined.
         */
        HOSTILE;

        private static final float[] SPECIAL = {
            0f,
            -0f,
            1f,
            -1f,
            3.92f,
            7.9f,
            -8f,
            88.8f,
            -87.4f,
            1e-40f,
            -1e-30f,
            1e30f,
            Float.MAX_VALUE,
            Float.POSITIVE_INFINITY,
            Float.NEGATIVE_INFINITY,
            Float.NaN
        };

        float[] floats(int size, SplittableRandom random) {
            float[] values = new float[size];
            for (int i = 0; i < size; i++) {
                values[i] = this == HOSTILE && random.nextInt(30) == 0
                        ? SPECIAL[random.nextInt(SPECIAL.length)]
                        : (float) random.nextGaussian();
            }
            return values;
        }
    }

    private final SplittableRandom random = new SplittableRandom(1);

    @Test
    void allPassesOfBaselinesGiveTheSameBits() {
        for (String name : Baselines.names()) {
            passes(Baselines.get(name)).forEach(pass -> check(name, pass));
        }
    }

    @ParameterizedTest
    @EnumSource(Family.class)
    void allPassesOfRandomGraphsGiveTheSameBits(Family family) {
        RandomGraphs graphs = new RandomGraphs(family, 10);
        for (int i = 0; i < 60; i++) {
            Layer layer = Layer.evolved(graphs.next(random));
            passes(layer).forEach(pass -> check(Formula.print(layer), pass));
        }
    }

    @Test
    void allPassesOfTheWideSpaceGiveTheSameBits() {
        SearchSpace space = WideSpace.of(Family.B);
        RandomGraphs graphs = new RandomGraphs(space, 10);
        for (int i = 0; i < 30; i++) {
            Layer layer = space.layer(graphs.next(random));
            passes(layer).forEach(pass -> check(Formula.print(layer), pass));
        }
    }

    @Test
    void aLongPassGivesTheSameBits() {
        Layer layer = Formula.parse("tanh(exp(sigmoid(log(x)))) * sigmoid(tanh(x * v1)) / std_wh(x)");
        passes(layer).forEach(pass -> check("a long pass", pass));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(x - mean_c(x)) / std_c(x)",
                "x * sigmoid(v1 * x) / rms_c(x) + std_wh(x - mean_c(x))",
                "tanh(x / rms_c(exp(x) / std_c(tanh(x)))) * mean_c(tanh(x)) + log(mean_c(abs(x)))",
                "rms_c(x * mean_wh(x)) / std_bwh(mean_c(x * v0)) * max(x, mean_c(x)) + std_c(v1) * std_c(mean_wh(x))"
            })
    void passesWithPixelMeansGiveTheSameBits(String formula) {
        passes(Formula.parse(formula)).forEach(pass -> check(formula, pass));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(x - mean_c(x)) / std_c(x) + std_wh(mean_c(x) * x)",
                "x / max(std_bwh(x), v1 * x + std_wh(x) + v0)",
                "tanh(x * v1) * sigmoid(x) / rms_whcg(x - v0)",
                "v1 = layer(0.5); erf(v1 * x) * erf(x - v0)"
            })
    void aLayerIsTheSameByKernels(String formula) {
        Layer layer = Formula.parse(formula);
        TensorShape shape = new TensorShape(5, 6, 7, 48);
        float[] x = Values.NORMAL.floats(shape.size(), random);
        float[] dy = Values.NORMAL.floats(shape.size(), random);
        LayerRun kernels = LayerRun.training(layer, shape, x, ChannelVectors.initial(48), dy, 3, KernelBackend::new);
        LayerRun compiled = LayerRun.training(layer, shape, x, ChannelVectors.initial(48), dy, 3, CompiledBackend::new);
        assertArrayEquals(kernels.output(), compiled.output());
        assertArrayEquals(kernels.dx(), compiled.dx());
        assertArrayEquals(kernels.gradient().v1(), compiled.gradient().v1());
        assertArrayEquals(kernels.gradient().gamma(), compiled.gradient().gamma());
    }

    private static Stream<TilePass> passes(Layer layer) {
        CanonicalLayer canonical = CanonicalLayer.of(layer);
        return Stream.of(LayerPlan.training(canonical), LayerPlan.evaluation(canonical))
                .flatMap(LayerPlan::passes);
    }

    private void check(String what, TilePass pass) {
        for (Area area : AREAS) {
            check(what + " on " + area, pass, area, Values.NORMAL);
            // Hostile values have a run of their own, since few of their sums are finite.
            check(what + " on " + area, pass, area, Values.HOSTILE);
        }
    }

    private void check(String what, TilePass pass, Area area, Values values) {
        long seed = random.nextLong();
        Result kernels = Result.of(pass, new KernelBackend(), area, values, new SplittableRandom(seed));
        Result compiled = Result.of(pass, new CompiledBackend(), area, values, new SplittableRandom(seed));
        String where = what + ", " + values + ", " + pass;
        assertArrayEquals(kernels.output, compiled.output, where);
        assertArrayEquals(kernels.derivative, compiled.derivative, where);
        for (int i = 0; i < kernels.sums.size(); i++) {
            assertArrayEquals(kernels.sums.get(i), compiled.sums.get(i), where);
        }
        for (int spill = 0; spill < kernels.spills.size(); spill++) {
            assertArrayEquals(kernels.spills.get(spill), compiled.spills.get(spill), where);
        }
    }

    /** The results of a pass on random tensors and small values. */
    private record Result(float[] output, float[] derivative, List<float[]> sums, List<float[]> spills) {

        static Result of(TilePass pass, PassBackend backend, Area area, Values values, SplittableRandom random) {
            int size = area.pixels() * area.channels();
            TileShape shape = TileShape.of(area.pixels(), area.channels()).forPass(pass);
            Scratch scratch = backend.scratch();
            scratch.reserve(pass, shape);
            BoundPass bound = backend.bind(pass, shape);
            FloatBuffer memory = memory(scratch);
            for (int spill = 0; spill < pass.spills(); spill++) {
                memory.put(scratch.spill(spill), values.floats(size, random));
            }
            for (int i = 0; i < pass.broadcasts().size(); i++) {
                float[] small = values.floats(shape.paddedChannels() + 1, random);
                if (pass.broadcasts().get(i).isConstant()) {
                    Arrays.fill(small, small[0]);
                }
                bound.broadcast(i, small, 1);
            }
            try (backend;
                    NativeFloats x = tensor(values.floats(size, random));
                    NativeFloats frozen = tensor(values.floats(size, random));
                    NativeFloats dy = tensor(values.floats(size, random));
                    NativeFloats output = tensor(values.floats(size, random));
                    NativeFloats dx = tensor(values.floats(size, random))) {
                PassTensors tensors = new PassTensors(x, frozen, output, dy, dx, random.nextBoolean());
                bound.run(0, tensors);
                List<float[]> sums = new ArrayList<>();
                for (int i = 0; i < pass.reductions().size(); i++) {
                    Scratch.Accumulator accumulator = scratch.accumulator(i);
                    sums.add(Arrays.copyOf(accumulator.sums(), shape.row()));
                    if (pass.reductions().get(i).variance().isPresent()) {
                        sums.add(Arrays.copyOf(accumulator.squares(), shape.row()));
                        sums.add(Arrays.copyOf(accumulator.shift(), shape.row()));
                    }
                }
                List<float[]> spills = IntStream.range(0, pass.spills())
                        .mapToObj(spill -> {
                            float[] contents = new float[size];
                            memory.get(scratch.spill(spill), contents);
                            return contents;
                        })
                        .toList();
                return new Result(contents(output), contents(dx), sums, spills);
            }
        }

        private static FloatBuffer memory(Scratch scratch) {
            return scratch instanceof NativeScratch compiled
                    ? compiled.floats().buffer()
                    : FloatBuffer.wrap(((KernelScratch) scratch).file());
        }

        private static NativeFloats tensor(float[] values) {
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
}
