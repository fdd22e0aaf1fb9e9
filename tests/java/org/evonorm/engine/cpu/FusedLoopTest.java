package org.evonorm.engine.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.evonorm.graph.CanonicalForm;
import org.evonorm.graph.ChannelVectors;
import org.evonorm.graph.Family;
import org.evonorm.graph.Formula;
import org.evonorm.graph.KnownLayers;
import org.evonorm.graph.Layer;
import org.evonorm.graph.RandomGraphs;
import org.evonorm.graph.TensorShape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Fused loops against the kernels that they take the place of: the same bits. */
class FusedLoopTest {

    private record Area(int pixels, int channels) {}

    /** With rows of one and of several pixels, tiles of few and many rows, and pixels that are left over from whole rows. */
    private static final List<Area> AREAS = List.of(new Area(1, 8), new Area(9, 480), new Area(9, 40), new Area(36, 64),
            new Area(576, 16), new Area(49, 24), new Area(7, 5), new Area(100, 17), new Area(4, 1100));

    private final SplittableRandom random = new SplittableRandom(1);

    @Test
    void allPassesOfKnownLayersGiveTheSameBits() {
        for (String name : KnownLayers.names()) {
            passes(KnownLayers.get(name)).forEach(pass -> check(name, pass));
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
    void aLongPassIsSeveralLoops() {
        Layer layer = Formula.parse("tanh(exp(sigmoid(log(x)))) * sigmoid(tanh(x * v1)) / std_wh(x)");
        List<Integer> loops = passes(layer).map(pass -> LoopPlan.of(pass, LoopPlan.MOST_OPERATIONS).size()).toList();
        assertTrue(loops.stream().anyMatch(count -> count > 2), loops.toString());
        passes(layer).forEach(pass -> check("a long pass", pass));
    }

    @Test
    void everyStepReductionAndStoreIsInOneLoop() {
        RandomGraphs graphs = new RandomGraphs(Family.B, 10);
        for (int i = 0; i < 300; i++) {
            passes(Layer.evolved(graphs.next(random))).forEach(pass -> {
                List<LoopPlan> loops = LoopPlan.of(pass, random.nextInt(1, 60));
                assertEquals(pass.steps(), loops.stream().flatMap(loop -> loop.steps().stream()).toList());
                assertEquals(pass.reductions().size(), loops.stream().mapToInt(loop -> loop.reductions().size()).sum());
                assertEquals(pass.stores().size(), loops.stream().mapToInt(loop -> loop.stores().size()).sum());
            });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"x / max(std_bwh(x), v1 * x + std_wh(x) + v0)", "tanh(x * v1) * sigmoid(x) / rms_whcg(x - v0)"})
    void aLayerIsTheSameBeforeAndAfterFusion(String formula) {
        Layer layer = Formula.parse(formula);
        TensorShape shape = new TensorShape(5, 6, 7, 48);
        float[] x = Result.floats(shape.size(), random);
        float[] dy = Result.floats(shape.size(), random);
        passes(layer).map(Fusion::of).forEach(Fusion::refuse);
        LayerRun kernels = LayerRun.training(layer, shape, x, ChannelVectors.initial(48), dy, 3);
        passes(layer).map(Fusion::of).forEach(Fusion::fuse);
        LayerRun fused = LayerRun.training(layer, shape, x, ChannelVectors.initial(48), dy, 3);
        assertArrayEquals(kernels.output(), fused.output());
        assertArrayEquals(kernels.dx(), fused.dx());
        assertArrayEquals(kernels.gradient().v1(), fused.gradient().v1());
        assertArrayEquals(kernels.gradient().gamma(), fused.gradient().gamma());
    }

    private static Stream<TilePass> passes(Layer layer) {
        Layer canonical = CanonicalForm.of(layer);
        return Stream.of(LayerPlan.training(canonical), LayerPlan.evaluation(canonical))
                .flatMap(plan -> Stream.of(plan.forward(), plan.backward()))
                .flatMap(schedule -> schedule.stages().stream()).flatMap(stage -> stage.levels().stream())
                .flatMap(level -> level.pass().stream());
    }

    private void check(String what, TilePass pass) {
        FusedLoop[] loops = FusionCompiler.compile(pass);
        for (Area area : AREAS) {
            long seed = random.nextLong();
            Result kernels = Result.of(pass, Fusion.NONE, area, new SplittableRandom(seed));
            Result fused = Result.of(pass, loops, area, new SplittableRandom(seed));
            String where = what + " on " + area + ", " + pass;
            assertArrayEquals(kernels.output, fused.output, where);
            assertArrayEquals(kernels.derivative, fused.derivative, where);
            for (int i = 0; i < kernels.sums.size(); i++) {
                assertArrayEquals(kernels.sums.get(i), fused.sums.get(i), where);
            }
            for (int slot = 0; slot < kernels.slots.size(); slot++) {
                assertArrayEquals(kernels.slots.get(slot), fused.slots.get(slot), where);
            }
        }
    }

    /** What a pass leaves of random tensors and small values. */
    private record Result(float[] output, float[] derivative, List<float[]> sums, List<float[]> slots) {

        static Result of(TilePass pass, FusedLoop[] loops, Area area, SplittableRandom random) {
            int size = area.pixels() * area.channels();
            TileShape shape = TileShape.of(area.pixels(), area.channels());
            Scratch scratch = new Scratch();
            scratch.reserve(pass, shape);
            for (int slot = 0; slot < pass.slots(); slot++) {
                System.arraycopy(floats(size, random), 0, scratch.file(), scratch.slot(slot), size);
            }
            for (TilePass.Broadcast broadcast : pass.broadcasts()) {
                float[] values = floats(shape.paddedChannels(), random);
                shape.repeat(values, 0, scratch.file(), scratch.register(broadcast.register()),
                        shape.tile());
            }
            try (Floats x = tensor(size, random); Floats held = tensor(size, random); Floats dy = tensor(size, random);
                 Floats output = tensor(size, random); Floats dx = tensor(size, random)) {
                TileMachine.Tensors tensors = new TileMachine.Tensors(x, held, output, dy, dx, random.nextBoolean());
                BoundPass bound = new BoundPass(pass, shape, scratch);
                bound.run(0, tensors, loops);
                List<float[]> sums = new ArrayList<>();
                for (int i = 0; i < pass.reductions().size(); i++) {
                    Scratch.Accumulator accumulator = scratch.accumulator(i);
                    sums.add(Arrays.copyOf(accumulator.sums(), shape.row()));
                    if (pass.reductions().get(i).variance().isPresent()) {
                        sums.add(Arrays.copyOf(accumulator.squares(), shape.row()));
                        sums.add(Arrays.copyOf(accumulator.shift(), shape.row()));
                    }
                }
                List<float[]> slots = IntStream.range(0, pass.slots()).mapToObj(scratch::slot)
                        .map(from -> Arrays.copyOfRange(scratch.file(), from, from + size)).toList();
                return new Result(contents(output), contents(dx), sums, slots);
            }
        }

        private static Floats tensor(int size, SplittableRandom random) {
            Floats floats = new Floats(size);
            floats.buffer().put(0, floats(size, random));
            return floats;
        }

        private static float[] floats(int size, SplittableRandom random) {
            float[] values = new float[size];
            for (int i = 0; i < size; i++) {
                values[i] = (float) random.nextGaussian();
            }
            return values;
        }

        private static float[] contents(Floats floats) {
            float[] values = new float[floats.size()];
            floats.buffer().get(0, values);
            return values;
        }
    }
}
