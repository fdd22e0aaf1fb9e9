package org.evonorm.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.evonorm.graph.Baselines;
import org.evonorm.graph.CanonicalLayer;
import org.evonorm.graph.Family;
import org.evonorm.graph.Formula;
import org.evonorm.graph.GroupRule;
import org.evonorm.graph.Layer;
import org.evonorm.graph.LayerGraph;
import org.evonorm.graph.Node;
import org.evonorm.graph.Primitive;
import org.evonorm.graph.RandomGraphs;
import org.evonorm.graph.TensorShape;
import org.evonorm.graph.TrainableVector;
import org.evonorm.graph.TrainableVectors;
import org.evonorm.program.LoweredLayer.Point;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Programs against the float64 reference, which goes through graphs node by node. */
class LayerLoweringTest {

    /** Of two groups, three groups of six, one channel, one pixel, one sample. */
    private static final List<Comparison> SHAPES = List.of(
            new Comparison(new TensorShape(3, 2, 2, 16)),
            new Comparison(new TensorShape(2, 1, 3, 18)),
            new Comparison(new TensorShape(4, 3, 2, 1)),
            new Comparison(new TensorShape(3, 1, 1, 5)),
            new Comparison(new TensorShape(1, 2, 3, 10)));
    /** Sizes that are powers of two, for exact arithmetic. */
    private static final Comparison EXACT = new Comparison(new TensorShape(2, 2, 2, 16));

    static List<String> knownLayers() {
        return Baselines.names();
    }

    static List<Primitive> primitives() {
        return Primitive.all();
    }

    private static void check(Layer layer, Comparison comparison, Point point, double[] dy, double tolerance) {
        LoweredLayer expected = comparison.expected(layer, point, dy);
        Comparison.assertClose(
                expected,
                LoweredLayer.training(layer, comparison.shape(), point, dy),
                tolerance,
                Formula.print(layer) + " on " + comparison.shape());
    }

    @ParameterizedTest
    @MethodSource("knownLayers")
    void knownLayersHaveTheValuesAndGradientsOfTheReference(String name) {
        SplittableRandom random = new SplittableRandom(1);
        Layer layer = CanonicalLayer.of(Baselines.get(name)).layer();
        for (Comparison comparison : SHAPES) {
            Point point = Points.fit(Points.gaussian(comparison.shape(), random), layer);
            double[] dy = Points.gaussians(comparison.shape().size(), random);
            check(layer, comparison, point, dy, 1e-10);
        }
    }

    /** A primitive of operands that vary over all, over planes, channels or groups, or not at all, or are the same. */
    @ParameterizedTest
    @MethodSource("primitives")
    void primitivesOfEveryExtentAgreeWithTheReference(Primitive primitive) {
        List<String> operands = List.of(
                "x",
                "x * v1 + v0",
                "v0",
                "v0 * v1",
                "mean_wh(x)",
                "mean_wh(x) * v1",
                "1",
                "0",
                "mean_whc(x)",
                "std_whcg(x)",
                "mean_bwh(x * x)",
                "mean_whc(v1)",
                "-x",
                "x * mean_wh(x)");
        SplittableRandom random = new SplittableRandom(2);
        for (String a : operands) {
            for (String b : primitive.arity() == 1 ? List.of("x") : operands) {
                String inputs = primitive.arity() == 1 ? a : a + ", " + b;
                Layer layer = CanonicalLayer.of(
                                Formula.parse("x * " + primitive.symbol() + "(" + inputs + ") + v0 * x"))
                        .layer();
                Comparison comparison = SHAPES.get(random.nextInt(SHAPES.size()));
                TensorShape shape = comparison.shape();
                check(layer, comparison, Points.gaussian(shape, random), Points.gaussians(shape.size(), random), 1e-8);
                // Zeros, ties and segments of equal values.
                check(
                        layer,
                        EXACT,
                        Points.hostile(EXACT.shape(), random),
                        Points.hostile(EXACT.shape().size(), random),
                        1e-11);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Family.class)
    void randomGraphsAgreeWithTheReference(Family family) {
        SplittableRandom random = new SplittableRandom(3);
        RandomGraphs graphs = new RandomGraphs(family, 10);
        int checked = 0;
        for (int trial = 0; trial < 3000; trial++) {
            Layer layer = CanonicalLayer.of(new Layer(graphs.next(random), random.nextBoolean()))
                    .layer();
            Comparison comparison = SHAPES.get(trial % SHAPES.size());
            Point point = Points.gaussian(comparison.shape(), random);
            double[] dy = Points.gaussians(comparison.shape().size(), random);
            // The reference rounds where a program knows that values are equal; a small deviation magnifies that.
            double sensitivity = comparison.sensitivity(layer, point, dy);
            if (sensitivity < 1e-9) {
                check(layer, comparison, point, dy, 1e-7 + 100 * sensitivity);
                checked++;
            }
        }
        assertTrue(checked > 2300, "only " + checked);
    }

    /** One value per layer or per channel, in every combination; gradients are sums over all that share a value. */
    @Test
    void vectorsOfOneValuePerLayerAgreeWithTheReference() {
        SplittableRandom random = new SplittableRandom(6);
        RandomGraphs graphs = new RandomGraphs(Family.B, 10);
        int checked = 0;
        for (int trial = 0; trial < 600; trial++) {
            TrainableVectors vectors = new TrainableVectors(
                    new TrainableVector(TrainableVector.Per.values()[random.nextInt(2)], 0),
                    new TrainableVector(TrainableVector.Per.values()[random.nextInt(2)], 0.5));
            Layer layer = CanonicalLayer.of(
                            new Layer(graphs.next(random), random.nextBoolean(), vectors, GroupRule.DEFAULT))
                    .layer();
            Comparison comparison = SHAPES.get(trial % SHAPES.size());
            Point point = Points.fit(Points.gaussian(comparison.shape(), random), layer);
            double[] dy = Points.gaussians(comparison.shape().size(), random);
            double sensitivity = comparison.sensitivity(layer, point, dy);
            if (sensitivity < 1e-9) {
                check(layer, comparison, point, dy, 1e-7 + 100 * sensitivity);
                checked++;
            }
        }
        assertTrue(checked > 450, "only " + checked);
    }

    /** Where all arithmetic is exact, so are ties; both sides of each have the derivative that the design says. */
    @Test
    void graphsOfExactPrimitivesAgreeToTheLastBitWhereTiesAbound() {
        List<Primitive> exact = Primitive.all().stream()
                .filter(primitive ->
                        List.of("add", "mul", "max", "neg", "abs", "square").contains(primitive.symbol())
                                || primitive.symbol().startsWith("mean"))
                .toList();
        SplittableRandom random = new SplittableRandom(4);
        for (int trial = 0; trial < 3000; trial++) {
            List<Node> nodes = new ArrayList<>();
            for (int id = LayerGraph.INITIAL_NODES; id < 10; id++) {
                Primitive primitive = exact.get(random.nextInt(exact.size()));
                int first = random.nextInt(id);
                nodes.add(
                        primitive.arity() == 1
                                ? new Node(primitive, first)
                                : new Node(primitive, first, random.nextInt(id)));
            }
            Layer layer = CanonicalLayer.of(new Layer(new LayerGraph(nodes), random.nextBoolean()))
                    .layer();
            check(
                    layer,
                    EXACT,
                    Points.hostile(EXACT.shape(), random),
                    Points.hostile(EXACT.shape().size(), random),
                    0);
        }
    }

    @Test
    void evaluationTakesTheAveragesInTheOrderOfNodes() {
        SplittableRandom random = new SplittableRandom(5);
        RandomGraphs graphs = new RandomGraphs(Family.B, 30);
        int several = 0;
        for (int trial = 0; trial < 2000; trial++) {
            Layer layer = CanonicalLayer.of(new Layer(graphs.next(random), random.nextBoolean()))
                    .layer();
            Comparison comparison = SHAPES.get(trial % SHAPES.size());
            int channels = comparison.shape().channels();
            Point point = Points.gaussian(comparison.shape(), random);
            int count = LayerLowering.runningStatistics(CanonicalLayer.of(layer));
            assertEquals(
                    count,
                    LayerLowering.training(CanonicalLayer.of(layer))
                            .statistics()
                            .size());
            List<double[]> averages = IntStream.range(0, count)
                    .mapToObj(i -> random.doubles(channels, 0.5, 2).toArray())
                    .toList();
            double[] expected = comparison.evaluated(layer, point, averages);
            if (Arrays.stream(expected).allMatch(value -> Math.abs(value) < 1e5)) {
                double[] actual = LoweredLayer.evaluated(layer, comparison.shape(), point, averages);
                Comparison.assertClose(expected, actual, 1e-8, Formula.print(layer));
                several += count > 1 ? 1 : 0;
            }
        }
        assertTrue(several > 120, "only " + several + " with more than one");
    }

    @Test
    void eachBatchAggregateFeedsAnAverageOfItsOwnKind() {
        Layer layer = CanonicalLayer.of(
                        Formula.parse("mean_bwh(x) + rms_bwh(v1 * x) * std_bwh(x) + mean_wh(x) * std_whc(x)"))
                .layer();
        Comparison comparison = SHAPES.get(0);
        SplittableRandom random = new SplittableRandom(6);
        Point point = Points.gaussian(comparison.shape(), random);
        List<double[]> statistics = LoweredLayer.training(
                        layer,
                        comparison.shape(),
                        point,
                        Points.gaussians(comparison.shape().size(), random))
                .statistics();
        assertEquals(3, LayerLowering.runningStatistics(CanonicalLayer.of(layer)));
        assertEquals(3, statistics.size());
        Layer known = CanonicalLayer.of(Baselines.get("BN-ReLU")).layer();
        assertEquals(2, LayerLowering.runningStatistics(CanonicalLayer.of(known)));
        assertEquals(0, LayerLowering.runningStatistics(CanonicalLayer.of(Baselines.get("EvoNorm-S0"))));
        assertTrue(
                LayerLowering.evaluation(CanonicalLayer.of(known)).gradients().isEmpty());
        // The canonical form has the mean before the deviation, whose average is the variance.
        statistics = LoweredLayer.training(known, comparison.shape(), point, point.x())
                .statistics();
        double[] x = point.x();
        for (int channel = 0; channel < 16; channel++) {
            int c = channel;
            double mean = IntStream.range(0, 12)
                    .mapToDouble(i -> x[16 * i + c])
                    .average()
                    .orElseThrow();
            double variance = IntStream.range(0, 12)
                    .mapToDouble(i -> Math.pow(x[16 * i + c] - mean, 2))
                    .average()
                    .orElseThrow();
            assertEquals(mean, statistics.get(0)[c], 1e-12);
            assertEquals(variance, statistics.get(1)[c], 1e-12);
        }
    }
}
