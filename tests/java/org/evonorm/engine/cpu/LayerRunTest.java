package org.evonorm.engine.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.evonorm.graph.Baselines;
import org.evonorm.graph.CanonicalLayer;
import org.evonorm.graph.ChannelVectors;
import org.evonorm.graph.Family;
import org.evonorm.graph.Formula;
import org.evonorm.graph.Layer;
import org.evonorm.graph.RandomGraphs;
import org.evonorm.graph.ReferenceEvaluation;
import org.evonorm.graph.SearchSpace;
import org.evonorm.graph.TensorShape;
import org.evonorm.graph.WideSpace;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares the tile machine with the float64 reference. */
class LayerRunTest {

    private static final double TOLERANCE = 1e-4;
    /** Tolerance where terms of the size of dy, about 1, cancel exactly. */
    private static final double CANCELLED = 1e-5;
    /**
     * Tolerance for one pixel, where standard deviations are sqrt(eps), and terms that cancel are larger by 1 /
     * sqrt(eps).
     */
    private static final double LOOSER_ON_ONE_PIXEL = 20;

    private static final List<TensorShape> SHAPES = List.of(
            new TensorShape(3, 5, 4, 16),
            new TensorShape(1, 1, 1, 1),
            new TensorShape(4, 1, 1, 24),
            new TensorShape(2, 7, 3, 5),
            new TensorShape(1, 9, 9, 40),
            new TensorShape(5, 3, 3, 17),
            new TensorShape(2, 24, 24, 8),
            new TensorShape(2, 2, 3, 1100));

    @Test
    void baselinesAgreeOnAllShapes() {
        SplittableRandom random = new SplittableRandom(1);
        for (String name : Baselines.names()) {
            for (TensorShape shape : SHAPES) {
                Comparison.of(name + " on " + shape, Baselines.get(name), shape, 1, random)
                        .check();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Family.class)
    void randomGraphsAgree(Family family) {
        SplittableRandom random = new SplittableRandom(2);
        RandomGraphs graphs = new RandomGraphs(family, 10);
        int checked = 0;
        for (int i = 0; checked < 150; i++) {
            Layer layer = Layer.evolved(graphs.next(random));
            TensorShape shape = SHAPES.get(i % SHAPES.size());
            Comparison comparison = Comparison.of(Formula.print(layer) + " on " + shape, layer, shape, 1, random);
            if (comparison.isFinite()) {
                comparison.check();
                checked++;
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Family.class)
    void randomGraphsOfTheWideSpaceAgree(Family family) {
        SplittableRandom random = new SplittableRandom(4);
        SearchSpace space = WideSpace.of(family);
        RandomGraphs graphs = new RandomGraphs(space, 8);
        int checked = 0;
        for (int i = 0; checked < 60; i++) {
            Layer layer = space.layer(graphs.next(random));
            TensorShape shape = SHAPES.get(i % SHAPES.size());
            Comparison comparison = Comparison.of(Formula.print(layer) + " on " + shape, layer, shape, 1, random);
            if (comparison.isFinite()) {
                comparison.check();
                checked++;
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(x - mean_c(x)) / std_c(x)",
                "x / rms_c(x)",
                "mean_c(x)",
                "x * sigmoid(v1 * x) / std_c(x) + mean_wh(x - mean_c(x))",
                "tanh(x / rms_c(exp(v0) / std_c(tanh(x)))) * mean_c(tanh(x)) + log(mean_c(abs(x)) + 1)",
                "x / (rms_c(x * mean_wh(x)) + std_bwh(mean_c(x * v0))) + std_c(v1) * std_c(mean_wh(x))",
                "max(x, mean_c(x)) * std_whcg(std_c(x)) / std_bwh(rms_c(x))",
                "v1 = layer(0.5); erf(v1 * mean_c(x) * x) + exp(-std_c(x)) * rms_whc(mean_c(x))"
            })
    void statisticsOfChannelsAloneAgree(String formula) {
        SplittableRandom random = new SplittableRandom(9);
        for (TensorShape shape : SHAPES) {
            for (int threads : new int[] {1, 3}) {
                Comparison.of(formula + " on " + shape, Formula.parse(formula), shape, threads, random)
                        .check();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 7})
    void threadsShareABatchOfAnySize(int threads) {
        SplittableRandom random = new SplittableRandom(3);
        for (String name : List.of("EvoNorm-B0", "BN-Swish", "EvoNorm-S0", "FRN-TLU", "Derf")) {
            for (TensorShape shape : SHAPES) {
                Comparison.of(name + " on " + shape, Baselines.get(name), shape, threads, random)
                        .check();
            }
        }
    }

    @Test
    void theSameRunGivesTheSameBits() {
        TensorShape shape = new TensorShape(9, 6, 6, 24);
        Layer layer = Baselines.get("EvoNorm-B0");
        float[] x = gaussian(shape.size(), new SplittableRandom(4));
        float[] dy = gaussian(shape.size(), new SplittableRandom(5));
        LayerRun first = LayerRun.training(layer, shape, x, ChannelVectors.initial(24), dy, 3);
        LayerRun second = LayerRun.training(layer, shape, x, ChannelVectors.initial(24), dy, 3);
        assertArrayEquals(first.dx(), second.dx());
        assertArrayEquals(first.gradient().gamma(), second.gradient().gamma());
    }

    @Test
    void variancesSurviveALargeMean() {
        TensorShape shape = new TensorShape(2, 24, 24, 16);
        float[] x = gaussian(shape.size(), new SplittableRandom(6));
        for (int i = 0; i < x.length; i++) {
            x[i] = 10_000 + x[i];
        }
        LayerRun run = LayerRun.training(Formula.parse("std_bwh(x)"), shape, x, ChannelVectors.initial(16), x, 1);
        double[] reference = new double[x.length];
        Arrays.setAll(reference, i -> x[i]);
        double[] expected = new ReferenceEvaluation(shape)
                .train(Formula.parse("std_bwh(x)"), reference, ChannelVectors.initial(16));
        for (int i = 0; i < 16; i++) {
            assertTrue(Math.abs(run.output()[i] / expected[i] - 1) < 1e-3, run.output()[i] + " for " + expected[i]);
        }
    }

    @Test
    void variancesOfChannelsSurviveALargeMean() {
        TensorShape shape = new TensorShape(2, 3, 3, 40);
        float[] x = gaussian(shape.size(), new SplittableRandom(6));
        for (int i = 0; i < x.length; i++) {
            x[i] = 10_000 + x[i];
        }
        LayerRun run = LayerRun.training(Formula.parse("std_c(x)"), shape, x, ChannelVectors.initial(40), x, 1);
        double[] reference = new double[x.length];
        Arrays.setAll(reference, i -> x[i]);
        double[] expected =
                new ReferenceEvaluation(shape).train(Formula.parse("std_c(x)"), reference, ChannelVectors.initial(40));
        for (int i = 0; i < x.length; i++) {
            assertTrue(Math.abs(run.output()[i] / expected[i] - 1) < 1e-3, run.output()[i] + " for " + expected[i]);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "abs(x)",
                "sqrt(x)",
                "log(x)",
                "v1 / x",
                "max(x, v0)",
                "max(x, mean_c(x)) / std_c(abs(x))",
                "x / max(std_bwh(x), v1 * x + std_wh(x))",
                "log(max(x, v0)) * sqrt(abs(x - mean_whc(x)))"
            })
    void branchesFrozenAtTheInputItselfChangeNothing(String formula) {
        TensorShape shape = new TensorShape(3, 5, 5, 16);
        float[] x = gaussian(shape.size(), new SplittableRandom(7));
        float[] dy = gaussian(shape.size(), new SplittableRandom(8));
        Layer layer = Formula.parse(formula);
        LayerRun free = LayerRun.training(layer, shape, x, ChannelVectors.initial(16), dy, 1);
        LayerRun frozen = LayerRun.frozen(layer, shape, x, x, ChannelVectors.initial(16), dy);
        for (int i = 0; i < x.length; i++) {
            assertEquals(free.output()[i], frozen.output()[i], 1e-5 * Math.abs(free.output()[i]));
            assertEquals(free.dx()[i], frozen.dx()[i], 1e-4 * (1 + Math.abs(free.dx()[i])));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"abs(x)", "sqrt(x)", "log(x)", "v1 / x", "max(x, -x)"})
    void aLayerWithFrozenBranchesIsSmoothBeyondItsKinks(String formula) {
        TensorShape shape = new TensorShape(1, 1, 1, 8);
        Layer layer = new Layer(Formula.parse(formula).graph(), false);
        float[] dy = {1, 1, 1, 1, 1, 1, 1, 1};
        float[] before = {1e-6f, 1e-6f, 1e-6f, 1e-6f, -1e-6f, -1e-6f, -1e-6f, -1e-6f};
        float[] beyond = new float[before.length];
        for (int i = 0; i < before.length; i++) {
            beyond[i] = -before[i];
        }
        LayerRun here = LayerRun.frozen(layer, shape, before, before, ChannelVectors.initial(8), dy);
        LayerRun there = LayerRun.frozen(layer, shape, beyond, before, ChannelVectors.initial(8), dy);
        for (int i = 0; i < before.length; i++) {
            double slope = (here.output()[i] - there.output()[i]) / (before[i] - beyond[i]);
            assertEquals(here.dx()[i], slope, 0.2 * Math.abs(slope), formula);
            assertEquals(here.dx()[i], there.dx()[i], 0.6 * Math.abs(slope), formula);
        }
    }

    private static float[] gaussian(int count, SplittableRandom random) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    /** Values and gradients of a layer by tile machine and reference, in training and in evaluation mode. */
    private record Comparison(String what, Map<String, double[][]> pairs, double looseness) {

        static Comparison of(String what, Layer layer, TensorShape shape, int threads, SplittableRandom random) {
            float[] x = gaussian(shape.size(), random);
            float[] dy = gaussian(shape.size(), random);
            Layer canonical = CanonicalLayer.of(layer).layer();
            ChannelVectors vectors = canonical
                    .vectors()
                    .fit(new ChannelVectors(
                            vector(shape, random),
                            vector(shape, random),
                            vector(shape, random),
                            vector(shape, random)));
            ReferenceEvaluation reference = new ReferenceEvaluation(shape);
            Reference exact = Reference.of(reference, canonical, doubles(x), vectors, doubles(dy));
            double[] nudged = doubles(x);
            for (int i = 0; i < nudged.length; i++) {
                nudged[i] *= 1 + 1e-7 * (i % 3 - 1);
            }
            Reference sensitive = Reference.of(reference, canonical, nudged, vectors, doubles(dy));
            LayerRun run = LayerRun.training(layer, shape, x, vectors, dy, threads);
            Map<String, double[][]> pairs = new HashMap<>();
            pairs.put("output", new double[][] {doubles(run.output()), exact.output, sensitive.output});
            pairs.put("dx", new double[][] {doubles(run.dx()), exact.dx, sensitive.dx});
            pairs.put("dv0", new double[][] {run.gradient().v0(), exact.gradient.v0(), sensitive.gradient.v0()});
            pairs.put("dv1", new double[][] {run.gradient().v1(), exact.gradient.v1(), sensitive.gradient.v1()});
            if (layer.affine()) {
                pairs.put(
                        "dgamma",
                        new double[][] {run.gradient().gamma(), exact.gradient.gamma(), sensitive.gradient.gamma()});
                pairs.put(
                        "dbeta",
                        new double[][] {run.gradient().beta(), exact.gradient.beta(), sensitive.gradient.beta()});
            }
            Map<Integer, double[]> averages = new HashMap<>();
            List<float[]> floatAverages = new ArrayList<>();
            List<double[]> statistics = new ArrayList<>(exact.statistics.values());
            for (int i = 0; i < statistics.size(); i++) {
                pairs.put("statistic " + i, new double[][] {
                    doubles(run.statistics().get(i)),
                    statistics.get(i),
                    new ArrayList<>(sensitive.statistics.values()).get(i)
                });
            }
            exact.statistics.forEach((id, values) -> {
                float[] average = new float[values.length];
                for (int c = 0; c < average.length; c++) {
                    average[c] = (float) (values[c] * 1.1);
                }
                floatAverages.add(average);
                averages.put(id, doubles(average));
            });
            LayerRun evaluated = LayerRun.evaluation(layer, shape, x, vectors, floatAverages, threads);
            pairs.put("evaluated", new double[][] {
                doubles(evaluated.output()),
                reference.evaluate(canonical, doubles(x), vectors, averages),
                reference.evaluate(canonical, nudged, vectors, averages)
            });
            return new Comparison(what, pairs, shape.height() * shape.width() == 1 ? LOOSER_ON_ONE_PIXEL : 1);
        }

        boolean isFinite() {
            return pairs.values().stream()
                    .allMatch(pair ->
                            Arrays.stream(pair[1]).allMatch(value -> Double.isFinite(value) && Math.abs(value) < 1e30));
        }

        void check() {
            pairs.forEach((name, pair) -> {
                double scale = Arrays.stream(pair[1]).map(Math::abs).max().orElse(0);
                for (int i = 0; i < pair[1].length; i++) {
                    // The change of the exact value when x changes by its rounding error.
                    double conditioning = 30 * Math.abs(pair[2][i] - pair[1][i]);
                    double allowed = looseness * (TOLERANCE * scale + CANCELLED) + conditioning;
                    int index = i;
                    assertTrue(
                            Math.abs(pair[0][i] - pair[1][i]) <= allowed,
                            () -> name + "[" + index + "] of " + what + ": " + pair[0][index] + " for " + pair[1][index]
                                    + ", scale " + scale);
                }
            });
        }

        private static double[] vector(TensorShape shape, SplittableRandom random) {
            double[] values = new double[shape.channels()];
            for (int c = 0; c < values.length; c++) {
                values[c] = (float) ((random.nextInt(3) == 0 ? -1 : 1) * random.nextDouble(0.4, 2));
            }
            return values;
        }

        private static double[] doubles(float[] values) {
            double[] doubles = new double[values.length];
            Arrays.setAll(doubles, i -> values[i]);
            return doubles;
        }
    }

    private record Reference(double[] output, double[] dx, ChannelVectors gradient, Map<Integer, double[]> statistics) {
        static Reference of(
                ReferenceEvaluation reference, Layer layer, double[] x, ChannelVectors vectors, double[] dy) {
            double[] output = reference.train(layer, x, vectors);
            Map<Integer, double[]> statistics = reference.batchStatistics();
            ReferenceEvaluation.Gradient gradient = reference.gradient(dy);
            return new Reference(output, gradient.x(), gradient.vectors(), statistics);
        }
    }
}
