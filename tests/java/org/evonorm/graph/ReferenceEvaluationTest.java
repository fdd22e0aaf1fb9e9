package org.evonorm.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ReferenceEvaluationTest {

    private static final double EPS = 1e-5;
    private static final Probe PROBE = tame(Probe.seeded(21));

    private final ReferenceEvaluation evaluation = new ReferenceEvaluation(PROBE.shape());

    /** The probe with an input of moderate size, for the sake of finite differences. */
    private static Probe tame(Probe probe) {
        double[] x = Arrays.stream(probe.x()).map(value -> 0.3 * value).toArray();
        return new Probe(probe.shape(), x, probe.vectors(), probe.outputGradient());
    }

    static List<Primitive> primitives() {
        return Primitive.all();
    }

    /** The primitive of x and v1 · x, so that both inputs and all vectors have a part in the gradient. */
    private static Layer layerOf(Primitive primitive) {
        Node scaled = new Node(Elementwise.MUL, LayerGraph.V1, LayerGraph.X);
        Node shifted = new Node(Elementwise.ADD, 4, LayerGraph.V0);
        Node node = primitive.arity() == 1 ? new Node(primitive, 5) : new Node(primitive, LayerGraph.X, 5);
        Node output = new Node(Elementwise.MUL, 6, LayerGraph.X);
        return Layer.evolved(new LayerGraph(List.of(scaled, shifted, node, output)));
    }

    @ParameterizedTest
    @MethodSource("primitives")
    void gradientsOfPrimitivesMatchFiniteDifferences(Primitive primitive) {
        Differences differences = new Differences(layerOf(primitive));
        int checked = 0;
        for (int i = 0; i < Differences.VALUES; i++) {
            if (differences.smooth(i)) {
                assertTrue(differences.agree(i), primitive.symbol() + ", " + differences.report(i));
                checked++;
            }
        }
        assertTrue(checked > 0.95 * Differences.VALUES, "only " + checked + " values of " + primitive.symbol());
    }

    @Test
    void gradientsOfRandomGraphsMatchFiniteDifferences() {
        SplittableRandom random = new SplittableRandom(1);
        RandomGraphs graphs = new RandomGraphs(Family.B, 10);
        int checked = 0;
        while (checked < 1000) {
            Layer layer = new Layer(graphs.next(random), random.nextBoolean());
            int i = random.nextInt(Differences.VALUES);
            Differences differences = new Differences(layer);
            if (differences.smooth(i)) {
                assertTrue(differences.agree(i), Formula.print(layer) + ", " + differences.report(i));
                checked++;
            }
        }
    }

    /** Analytic derivatives of Σ dy · y beside central differences of two widths. */
    private static final class Differences {

        static final int VALUES = PROBE.shape().size() + 4 * PROBE.shape().channels();

        private final ReferenceEvaluation evaluation = new ReferenceEvaluation(PROBE.shape());
        private final Layer layer;
        private final double[] gradient;

        Differences(Layer layer) {
            this.layer = layer;
            evaluation.train(layer, PROBE.x(), PROBE.vectors());
            gradient = flat(evaluation.gradient(PROBE.outputGradient()));
        }

        private static double[] flat(ReferenceEvaluation.Gradient gradient) {
            ChannelVectors vectors = gradient.vectors();
            List<double[]> parts = List.of(gradient.x(), vectors.v0(), vectors.v1(), vectors.gamma(), vectors.beta());
            return parts.stream().flatMapToDouble(Arrays::stream).toArray();
        }

        private double lossWith(int index, double step) {
            double[] values = flat(new ReferenceEvaluation.Gradient(PROBE.x(), PROBE.vectors()));
            values[index] += step;
            int size = PROBE.shape().size();
            int channels = PROBE.shape().channels();
            List<double[]> parts = new ArrayList<>();
            for (int part = 0; part < 4; part++) {
                int from = size + part * channels;
                parts.add(Arrays.copyOfRange(values, from, from + channels));
            }
            double[] y = evaluation.train(
                    layer,
                    Arrays.copyOf(values, size),
                    new ChannelVectors(parts.get(0), parts.get(1), parts.get(2), parts.get(3)));
            double loss = 0;
            for (int i = 0; i < y.length; i++) {
                loss += y[i] * PROBE.outputGradient()[i];
            }
            return loss;
        }

        private double difference(int index, double step) {
            return (lossWith(index, step) - lossWith(index, -step)) / (2 * step);
        }

        /** Whether the loss near this value is tame enough for differences of two widths to agree. */
        boolean smooth(int index) {
            double loss = lossWith(index, 0);
            double wide = difference(index, 1e-5);
            double narrow = difference(index, 5e-6);
            return Math.abs(loss) < 1e6 && Math.abs(wide - narrow) < 1e-6 * (1 + Math.abs(wide));
        }

        boolean agree(int index) {
            double expected = difference(index, 1e-5);
            return Math.abs(gradient[index] - expected) < 1e-5 * (1 + Math.abs(expected));
        }

        String report(int index) {
            return "value " + index + ": " + gradient[index] + " instead of " + difference(index, 1e-5);
        }
    }

    private static double[] train(String formula, TensorShape shape, double... x) {
        ChannelVectors vectors = ChannelVectors.initial(shape.channels());
        return new ReferenceEvaluation(shape).train(Formula.parse(formula), x, vectors);
    }

    private static double[] gradient(String formula, double... x) {
        TensorShape shape = new TensorShape(1, 1, x.length, 1);
        ReferenceEvaluation evaluation = new ReferenceEvaluation(shape);
        evaluation.train(Formula.parse(formula), x, ChannelVectors.initial(1));
        double[] ones = new double[x.length];
        Arrays.fill(ones, 1);
        return evaluation.gradient(ones).x();
    }

    @Test
    void edgeCasesAreThoseOfTheDesign() {
        TensorShape row = new TensorShape(1, 1, 4, 1);
        double[] x = {0, -0.0, 2, -2};
        assertArrayEquals(new double[] {0, 0, Math.log(2 + EPS), -Math.log(2 + EPS)}, train("log(x)", row, x), 1e-15);
        assertArrayEquals(
                new double[] {0, 0, Math.sqrt(2 + EPS), -Math.sqrt(2 + EPS)}, train("sqrt(x)", row, x), 1e-15);
        assertArrayEquals(new double[] {1e5, 1e5, 1 / (2 + EPS), -1 / (2 + EPS)}, train("1 / x", row, x), 1e-10);
        assertArrayEquals(new double[] {0, 0, 2 / (2 + EPS), 2 / (2 + EPS)}, train("x / x", row, x), 1e-15);
        assertArrayEquals(
                new double[] {0.5, 0.5, 1 / (1 + Math.exp(-2)), 1 / (1 + Math.exp(2))},
                train("sigmoid(x)", row, x),
                1e-15);
        assertArrayEquals(new double[] {0, 0, 1, -1}, gradient("abs(x)", x));
        assertArrayEquals(new double[] {1e5, 1e5, 1 / (2 + EPS), 1 / (2 + EPS)}, gradient("log(x)", x), 1e-9);
        double rootSlope = 1 / (2 * Math.sqrt(2 + EPS));
        assertArrayEquals(
                new double[] {1 / (2 * Math.sqrt(EPS)), 1 / (2 * Math.sqrt(EPS)), rootSlope, rootSlope},
                gradient("sqrt(x)", x),
                1e-12);
        assertArrayEquals(new double[] {0, 1}, train("sigmoid(x)", new TensorShape(1, 1, 2, 1), -1e9, 1e9));
    }

    @Test
    void aTieSendsTheGradientOfAMaximumToTheFirst() {
        assertArrayEquals(new double[] {1, 1, 0}, gradient("max(x, 0)", 0, 1, -1));
        assertArrayEquals(new double[] {0, 1, 0}, gradient("max(0, x)", 0, 1, -1));
        assertArrayEquals(new double[] {1}, gradient("max(x, x)", 3));
        assertArrayEquals(new double[] {-1}, gradient("max(-x, abs(x))", -3));
        assertArrayEquals(new double[] {6}, gradient("x * x", 3));
        assertArrayEquals(new double[] {2}, gradient("x + x", 3));
    }

    @Test
    void notANumberSpreads() {
        TensorShape row = new TensorShape(1, 1, 2, 1);
        for (String formula : List.of("max(x, 0)", "max(0, x)", "1 / x", "abs(x)", "sqrt(x)", "log(x)")) {
            double[] y = train(formula, row, Double.NaN, 1);
            assertTrue(Double.isNaN(y[0]) && !Double.isNaN(y[1]), formula);
        }
        assertTrue(Double.isNaN(train("mean_wh(x)", row, Double.NaN, 1)[1]));
    }

    @Test
    void aggregatesSpanTheirIndexSets() {
        // Two samples of two positions and 18 channels, so groups have 6.
        TensorShape shape = new TensorShape(2, 1, 2, 18);
        double[] x = new double[shape.size()];
        SplittableRandom random = new SplittableRandom(5);
        for (int i = 0; i < x.length; i++) {
            x[i] = random.nextDouble();
        }
        for (IndexSet indexSet : IndexSet.values()) {
            double[] y = train("mean_" + indexSet.symbol() + "(x)", shape, x);
            for (int i = 0; i < x.length; i++) {
                double sum = 0;
                int count = 0;
                for (int j = 0; j < x.length; j++) {
                    boolean sameSample = i / 36 == j / 36;
                    boolean sameChannel = i % 18 == j % 18;
                    boolean sameGroup = i % 18 / 6 == j % 18 / 6;
                    boolean together = switch (indexSet) {
                        case BWH -> sameChannel;
                        case WHC -> sameSample;
                        case WH -> sameSample && sameChannel;
                        case WHCG -> sameSample && sameGroup;
                        case C -> i / 18 == j / 18;
                    };
                    sum += together ? x[j] : 0;
                    count += together ? 1 : 0;
                }
                assertEquals(sum / count, y[i], 1e-14);
            }
        }
    }

    @Test
    void variancesDoNotCancel() {
        TensorShape shape = new TensorShape(1, 1, 4, 1);
        for (String indexSet : List.of("bwh", "whc", "wh", "whcg")) {
            double[] y = train("std_" + indexSet + "(x)", shape, 1e9 + 1, 1e9 - 1, 1e9 + 1, 1e9 - 1);
            assertEquals(Math.sqrt(1 + EPS), y[0], 1e-12);
            assertEquals(Math.sqrt(2.5 + EPS), train("rms_" + indexSet + "(x)", shape, 1, 2, -1, -2)[3], 1e-15);
        }
        TensorShape pixel = new TensorShape(1, 1, 1, 4);
        assertEquals(Math.sqrt(1 + EPS), train("std_c(x)", pixel, 1e9 + 1, 1e9 - 1, 1e9 + 1, 1e9 - 1)[0], 1e-12);
        assertEquals(Math.sqrt(2.5 + EPS), train("rms_c(x)", pixel, 1, 2, -1, -2)[3], 1e-15);
    }

    @Test
    void trainingReportsTheStatisticsThatEvaluationTakes() {
        SplittableRandom random = new SplittableRandom(6);
        RandomGraphs graphs = new RandomGraphs(Family.B, 10);
        int batchDependent = 0;
        for (int trial = 0; trial < 500; trial++) {
            Layer layer = Layer.evolved(graphs.next(random));
            double[] trained = evaluation.train(layer, PROBE.x(), PROBE.vectors());
            Map<Integer, double[]> statistics = evaluation.batchStatistics();
            batchDependent += statistics.isEmpty() ? 0 : 1;
            assertArrayEquals(trained, evaluation.evaluate(layer, PROBE.x(), PROBE.vectors(), statistics));
        }
        assertTrue(batchDependent > 50);
    }

    @Test
    void evaluationUsesTheGivenStatistics() {
        Layer layer = Formula.parse("mean_bwh(x) + rms_bwh(x) * std_bwh(x) + mean_wh(x) | no affine");
        evaluation.train(layer, PROBE.x(), PROBE.vectors());
        Map<Integer, double[]> statistics = evaluation.batchStatistics();
        assertEquals(3, statistics.size());
        statistics.forEach((id, values) -> {
            Statistic statistic = ((Aggregate) layer.graph().node(id).primitive()).statistic();
            Arrays.setAll(values, c -> statistic == Statistic.MEAN ? 10 + c : statistic == Statistic.RMS ? 4 : 9 + c);
        });
        double[] mean = evaluation.train(Formula.parse("mean_wh(x) | no affine"), PROBE.x(), PROBE.vectors());
        double[] y = evaluation.evaluate(layer, PROBE.x(), PROBE.vectors(), statistics);
        for (int i = 0; i < y.length; i++) {
            int c = i % 16;
            assertEquals(10 + c + Math.sqrt(4 + EPS) * Math.sqrt(9 + c + EPS) + mean[i], y[i], 1e-12);
        }
        assertTrue(assertThrows(
                        IllegalArgumentException.class,
                        () -> evaluation.evaluate(layer, PROBE.x(), PROBE.vectors(), Map.of()))
                .getMessage()
                .contains("node"));
        assertThrows(IllegalStateException.class, () -> evaluation.gradient(PROBE.outputGradient()));
    }

    @Test
    void samplesDoNotMeetInFamilyS() {
        SplittableRandom random = new SplittableRandom(7);
        RandomGraphs graphs = new RandomGraphs(Family.S, 10);
        double[] other = PROBE.x().clone();
        for (int i = 64; i < other.length; i++) {
            other[i] = 3 * other[i] - 1;
        }
        for (int trial = 0; trial < 300; trial++) {
            Layer layer = Layer.evolved(graphs.next(random));
            double[] y = evaluation.train(layer, PROBE.x(), PROBE.vectors());
            double[] z = evaluation.train(layer, other, PROBE.vectors());
            assertArrayEquals(Arrays.copyOf(y, 64), Arrays.copyOf(z, 64));
        }
    }

    @Test
    void memoryOfEarlierLayersLeavesNoTrace() {
        SplittableRandom random = new SplittableRandom(8);
        for (int trial = 0; trial < 300; trial++) {
            Layer layer = Layer.evolved(new RandomGraphs(Family.B, 1 + random.nextInt(20)).next(random));
            ReferenceEvaluation fresh = new ReferenceEvaluation(PROBE.shape());
            assertArrayEquals(
                    fresh.train(layer, PROBE.x(), PROBE.vectors()),
                    evaluation.train(layer, PROBE.x(), PROBE.vectors()));
            assertSameGradients(fresh, evaluation);
        }
    }

    /** The identity's output is an initial node, of which a layer before it may have left a derivative. */
    @Test
    void anEarlierLayerLeavesNoDerivativesForTheIdentity() {
        evaluation.train(Formula.parse("x * v0 + v1"), PROBE.x(), PROBE.vectors());
        evaluation.gradient(PROBE.outputGradient());
        ReferenceEvaluation fresh = new ReferenceEvaluation(PROBE.shape());
        for (ReferenceEvaluation each : List.of(fresh, evaluation)) {
            each.train(Baselines.get("identity"), PROBE.x(), PROBE.vectors());
        }
        assertSameGradients(fresh, evaluation);
    }

    private static void assertSameGradients(ReferenceEvaluation expected, ReferenceEvaluation actual) {
        ReferenceEvaluation.Gradient fresh = expected.gradient(PROBE.outputGradient());
        ReferenceEvaluation.Gradient used = actual.gradient(PROBE.outputGradient());
        assertArrayEquals(fresh.x(), used.x());
        assertArrayEquals(fresh.vectors().v0(), used.vectors().v0());
        assertArrayEquals(fresh.vectors().v1(), used.vectors().v1());
    }

    @Test
    void tensorsOfAnotherSizeAreRefused() {
        Layer layer = Baselines.get("EvoNorm-S0");
        String message = assertThrows(
                        IllegalArgumentException.class, () -> evaluation.train(layer, new double[3], PROBE.vectors()))
                .getMessage();
        assertEquals("the input must have 192 values, not 3", message);
    }
}
