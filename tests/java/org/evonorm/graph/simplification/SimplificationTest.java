package org.evonorm.graph.simplification;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.evonorm.graph.Aggregate;
import org.evonorm.graph.CanonicalForm;
import org.evonorm.graph.CanonicalLayer;
import org.evonorm.graph.ChannelVectors;
import org.evonorm.graph.Elementwise;
import org.evonorm.graph.Family;
import org.evonorm.graph.Formula;
import org.evonorm.graph.IndexSet;
import org.evonorm.graph.Layer;
import org.evonorm.graph.LayerGraph;
import org.evonorm.graph.Node;
import org.evonorm.graph.Primitive;
import org.evonorm.graph.RandomGraphs;
import org.evonorm.graph.ReferenceEvaluation;
import org.evonorm.graph.Statistic;
import org.evonorm.graph.TensorShape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SimplificationTest {

    private static final TensorShape SHAPE = new TensorShape(3, 2, 2, 16);
    private static final double[] SPECIAL = {
        0,
        -0.0,
        1,
        -1,
        Double.NaN,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY,
        1e-300,
        -1e-300,
        1e300,
        800,
        -800
    };

    @ParameterizedTest
    @CsvSource(
            delimiter = '→',
            value = {
                "max(tanh(x + 0), x + 0 + 0) → max(tanh(x), x)",
                "-(-x) → x",
                "x - 0 → x",
                "1 * x * 1 → x",
                "v0 + x - 0 → v0 + x",
                "-(x - v0) → v0 - x",
                "-x - v0 → -(v0 + x)",
                "max(x * v1, x * v1) → x * v1",
                "max(x, max(x, v0)) → max(x, v0)",
                "max(v0, max(x, v0)) → max(v0, x)",
                "max(max(x, v0), v0) → max(x, v0)",
                "abs(square(x)) → square(x)",
                "abs(x * x + sigmoid(x)) → square(x) + sigmoid(x)",
                "square(abs(-x)) → square(x)",
                "-tanh(-x) → tanh(x)",
                "-mean_wh(-x) → mean_wh(x)",
                "-(-x / v1) → x / v1",
                "std_bwh(-x) → std_bwh(x)",
                "rms_wh(abs(x)) → rms_wh(x)",
                "mean_wh(mean_bwh(x)) → mean_bwh(x)",
                "mean_bwh(mean_wh(x)) → mean_bwh(x)",
                "mean_whc(mean_whcg(x)) → mean_whc(x)",
                "mean_wh(std_whc(x)) → std_whc(x)",
                "mean_wh(v0 * x) → mean_wh(v0 * x)",
                "mean_wh(v0) + x → v0 + x",
                "rms_whc(std_whc(x)) → rms_wh(std_whc(x))",
                "x * exp(tanh(0)) → x",
                "max(0, x * x) → square(x)",
                "v0 - 0 → v0 + 0",
                // The difference is needed as it stands, so turning it around would cost a node.
                "tanh(x - v0) * -(x - v0) → tanh(x - v0) * -(x - v0)",
                // What would change a value, a gradient or a running statistic stays.
                "x - x → x - x",
                "0 * x → 0 * x",
                "mean_bwh(v0) + x → x + mean_bwh(v0)",
                "max(x, -x) → max(x, -x)",
                "abs(max(x, 0)) → abs(max(x, 0))",
                "x / -v1 → x / -v1",
                "x / 1 → x / 1",
                "std_wh(v0) + x → x + std_wh(v0)",
                "std_whc(std_wh(v0) + rms_whc(x)) → std_whc(std_wh(v0) + rms_whc(x))",
            })
    void layersAreSaidSimply(String formula, String simple) {
        assertEquals(
                CanonicalLayer.of(Formula.parse(simple)),
                Simplification.of(Formula.parse(formula)),
                () -> formula + " becomes " + Simplification.of(Formula.parse(formula)));
    }

    @Test
    void theSimplifiedFormIsItsOwnAndNotLonger() {
        SplittableRandom random = new SplittableRandom(1);
        for (int trial = 0; trial < 5000; trial++) {
            Layer layer = Layer.evolved(graph(random));
            CanonicalLayer simple = Simplification.of(layer);
            assertEquals(simple, Simplification.of(simple.layer()));
            assertTrue(simple.graph().nodes().size()
                    <= CanonicalForm.of(layer.graph()).nodes().size());
        }
    }

    static List<Rule> rules() {
        return Rules.ALL;
    }

    /** Each rule alone, on graphs that it changes. */
    @ParameterizedTest
    @MethodSource("rules")
    void everyRuleKeepsValuesGradientsAndRunningStatistics(Rule rule) {
        SplittableRandom random = new SplittableRandom(2);
        int changed = 0;
        for (int trial = 0; changed < 30 && trial < 200_000; trial++) {
            Layer layer = Layer.evolved(graph(random));
            CanonicalLayer simple = Simplification.of(CanonicalLayer.of(layer), List.of(rule));
            if (!simple.equals(CanonicalLayer.of(layer))) {
                changed++;
                compare(layer, simple.layer(), random);
            }
        }
        assertTrue(changed >= 30, rule.equation() + " was met " + changed + " times");
    }

    @Test
    void allRulesTogetherKeepValuesGradientsAndRunningStatistics() {
        SplittableRandom random = new SplittableRandom(3);
        for (int trial = 0; trial < 3000; trial++) {
            Layer layer = Layer.evolved(graph(random));
            compare(layer, Simplification.of(layer).layer(), random);
        }
    }

    private static void compare(Layer layer, Layer simple, SplittableRandom random) {
        for (boolean hostile : new boolean[] {false, true}) {
            ReferenceEvaluation given = new ReferenceEvaluation(SHAPE);
            ReferenceEvaluation simplified = new ReferenceEvaluation(SHAPE);
            ChannelVectors vectors = new ChannelVectors(
                    values(random, SHAPE.channels(), hostile),
                    values(random, SHAPE.channels(), hostile),
                    values(random, SHAPE.channels(), false),
                    values(random, SHAPE.channels(), false));
            Map<Integer, double[]> givenAverages = new LinkedHashMap<>();
            Map<Integer, double[]> simplifiedAverages = new LinkedHashMap<>();
            for (int batch = 0; batch < 2; batch++) {
                double[] x = values(random, SHAPE.size(), hostile);
                double[] dy = values(random, SHAPE.size(), false);
                assertSame(given.train(layer, x, vectors), simplified.train(simple, x, vectors), layer, simple, "y");
                var expected = given.gradient(dy);
                var actual = simplified.gradient(dy);
                // 0 · ∞ on the way of a gradient is NaN by one way and 0 by the other.
                if (!hostile) {
                    assertSame(expected.x(), actual.x(), layer, simple, "dx");
                    assertSame(expected.vectors().v0(), actual.vectors().v0(), layer, simple, "dv0");
                    assertSame(expected.vectors().v1(), actual.vectors().v1(), layer, simple, "dv1");
                }
                average(givenAverages, given.batchStatistics());
                average(simplifiedAverages, simplified.batchStatistics());
            }
            double[] x = values(random, SHAPE.size(), hostile);
            assertSame(
                    given.evaluate(layer, x, vectors, givenAverages),
                    simplified.evaluate(simple, x, vectors, simplifiedAverages),
                    layer,
                    simple,
                    "y in evaluation mode");
        }
    }

    private static void average(Map<Integer, double[]> averages, Map<Integer, double[]> statistics) {
        statistics.forEach((id, values) -> averages.merge(
                id,
                values,
                (before, now) -> IntStream.range(0, now.length)
                        .mapToDouble(i -> 0.25 * before[i] + 0.75 * now[i])
                        .toArray()));
    }

    private static void assertSame(double[] expected, double[] actual, Layer layer, Layer simple, String what) {
        double largest = 0;
        for (double value : expected) {
            largest = Math.max(largest, Double.isFinite(value) ? Math.abs(value) : 0);
        }
        for (int i = 0; i < expected.length; i++) {
            double e = expected[i];
            double a = actual[i];
            boolean same =
                    Double.isNaN(e) ? Double.isNaN(a) : e == a || Math.abs(e - a) <= 1e-9 * Math.max(largest, 1e-3);
            int index = i;
            assertTrue(same, () -> what + "[" + index + "] of " + layer + " is " + e + ", of " + simple + " " + a);
        }
    }

    private static double[] values(SplittableRandom random, int count, boolean hostile) {
        double[] values = new double[count];
        for (int i = 0; i < count; i++) {
            values[i] = hostile && random.nextInt(6) == 0
                    ? SPECIAL[random.nextInt(SPECIAL.length)]
                    : random.nextInt(10) == 0 ? random.nextInt(3) - 1 : random.nextGaussian();
        }
        return values;
    }

    /** A random graph, in which what rules look for is frequent: negations, zeros, means, repeated inputs. */
    private static LayerGraph graph(SplittableRandom random) {
        if (random.nextInt(4) == 0) {
            return new RandomGraphs(random.nextBoolean() ? Family.B : Family.S, 1 + random.nextInt(14)).next(random);
        }
        List<Node> nodes = new ArrayList<>();
        int count = 2 + random.nextInt(7);
        for (int i = 0; i < count; i++) {
            Primitive primitive = primitive(random);
            int near = Math.max(0, LayerGraph.INITIAL_NODES + i - 3);
            int a = random.nextInt(3) == 0 ? random.nextInt(LayerGraph.INITIAL_NODES) : input(random, near, i);
            int b = random.nextInt(3) == 0 ? random.nextInt(LayerGraph.INITIAL_NODES) : input(random, near, i);
            nodes.add(primitive.arity() == 1 ? new Node(primitive, a) : new Node(primitive, a, b));
        }
        return new LayerGraph(nodes);
    }

    private static int input(SplittableRandom random, int near, int index) {
        return near + random.nextInt(LayerGraph.INITIAL_NODES + index - near);
    }

    private static Primitive primitive(SplittableRandom random) {
        return switch (random.nextInt(6)) {
            case 0 -> Elementwise.NEG;
            case 1 -> new Aggregate(Statistic.MEAN, IndexSet.values()[random.nextInt(IndexSet.values().length)]);
            case 2 ->
                new Aggregate(
                        Statistic.values()[random.nextInt(3)],
                        IndexSet.values()[random.nextInt(IndexSet.values().length)]);
            case 3 -> Elementwise.MAX;
            default -> Elementwise.values()[random.nextInt(Elementwise.values().length)];
        };
    }
}
