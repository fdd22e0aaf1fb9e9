package org.evonorm.program;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.evonorm.graph.CanonicalLayer;
import org.evonorm.graph.ChannelVectors;
import org.evonorm.graph.Family;
import org.evonorm.graph.Formula;
import org.evonorm.graph.Layer;
import org.evonorm.graph.Primitive;
import org.evonorm.graph.RandomGraphs;
import org.evonorm.graph.ReferenceEvaluation;
import org.evonorm.graph.TensorShape;
import org.evonorm.program.LoweredLayer.Point;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Gradients of programs against differences of the reference's values, and at kinks against the design's words. */
class DerivativesTest {

    private static final TensorShape SHAPE = new TensorShape(3, 2, 2, 16);
    private static final double EPS = 1e-5;
    private static final double STEP = 1e-5;

    static List<Primitive> primitives() {
        return Primitive.all();
    }

    @ParameterizedTest
    @MethodSource("primitives")
    void ofEveryPrimitiveMatchDifferences(Primitive primitive) {
        SplittableRandom random = new SplittableRandom(1);
        for (String inputs : primitive.arity() == 1
                ? List.of("v1 * x + v0", "x", "v1 * v0 + v1", "mean_wh(x) * v1 + v0")
                : List.of("x, v1 * x + v0", "v1 * x + v0, x", "v1, v0", "v0, x", "mean_wh(x) + v0, v1 * x", "x, x")) {
            Layer layer = CanonicalLayer.of(Formula.parse("x * " + primitive.symbol() + "(" + inputs + ")"))
                    .layer();
            int checked = 0;
            for (int trial = 0; trial < 10; trial++) {
                checked += agrees(layer, random) ? 1 : 0;
            }
            assertTrue(checked >= 3, () -> primitive.symbol() + "(" + inputs + ") is not smooth");
        }
    }

    @ParameterizedTest
    @EnumSource(Family.class)
    void ofRandomGraphsMatchDifferences(Family family) {
        SplittableRandom random = new SplittableRandom(2);
        RandomGraphs graphs = new RandomGraphs(family, 10);
        int checked = 0;
        for (int trial = 0; trial < 1000; trial++) {
            checked += agrees(
                            CanonicalLayer.of(new Layer(graphs.next(random), random.nextBoolean()))
                                    .layer(),
                            random)
                    ? 1
                    : 0;
        }
        assertTrue(checked > 500, "only " + checked);
    }

    /**
     * Compares the derivative of Σ dy · y along a random direction, by x and by each vector, with a central difference.
     *
     * @return false where the layer has a kink nearby or is steep, so that two widths differ
     */
    private static boolean agrees(Layer layer, SplittableRandom random) {
        Point point = Points.gaussian(SHAPE, random);
        double[] dy = Points.gaussians(SHAPE.size(), random);
        LoweredLayer lowered = LoweredLayer.training(layer, SHAPE, point, dy);
        Point all = Points.gaussian(SHAPE, random);
        double[] still = new double[SHAPE.channels()];
        ChannelVectors by = all.vectors();
        List<Point> directions = List.of(
                new Point(all.x(), new ChannelVectors(still, still, still, still)),
                new Point(new double[SHAPE.size()], new ChannelVectors(by.v0(), still, still, still)),
                new Point(new double[SHAPE.size()], new ChannelVectors(still, by.v1(), still, still)),
                new Point(new double[SHAPE.size()], new ChannelVectors(still, still, by.gamma(), still)),
                new Point(new double[SHAPE.size()], new ChannelVectors(still, still, still, by.beta())));
        ReferenceEvaluation reference = new ReferenceEvaluation(SHAPE);
        for (Point direction : directions) {
            double wide = difference(reference, layer, point, direction, dy, STEP);
            double narrow = difference(reference, layer, point, direction, dy, STEP / 2);
            boolean tame = Math.abs(loss(reference, layer, point, dy)) < 1e5;
            if (!tame || !(Math.abs(wide - narrow) < 1e-6 * (1 + Math.abs(wide)))) {
                return false;
            }
            ChannelVectors gradients = lowered.gradients();
            double slope = Points.dot(lowered.dx(), direction.x())
                    + Points.dot(gradients.v0(), direction.vectors().v0())
                    + Points.dot(gradients.v1(), direction.vectors().v1())
                    + Points.dot(gradients.gamma(), direction.vectors().gamma())
                    + Points.dot(gradients.beta(), direction.vectors().beta());
            assertEquals(
                    narrow,
                    slope,
                    1e-5 * (1 + Math.abs(wide)),
                    () -> Formula.print(layer) + " along " + directions.indexOf(direction));
        }
        return true;
    }

    private static double difference(
            ReferenceEvaluation reference, Layer layer, Point point, Point direction, double[] dy, double step) {
        return (loss(reference, layer, Points.moved(point, direction, step), dy)
                        - loss(reference, layer, Points.moved(point, direction, -step), dy))
                / (2 * step);
    }

    private static double loss(ReferenceEvaluation reference, Layer layer, Point point, double[] dy) {
        return Points.dot(reference.train(layer, point.x(), point.vectors()), dy);
    }

    /** A layer without affine on one row of one channel, with dy 1, 2, 3, … */
    private static LoweredLayer row(String formula, double v0, double v1, double... x) {
        Layer layer = new Layer(Formula.parse(formula).graph(), false);
        double[] dy = new double[x.length];
        Arrays.setAll(dy, i -> i + 1);
        double[] one = {1};
        Point point = new Point(x, new ChannelVectors(new double[] {v0}, new double[] {v1}, one, one));
        return LoweredLayer.training(layer, new TensorShape(1, 1, x.length, 1), point, dy);
    }

    private static double[] dx(String formula, double... x) {
        return row(formula, 0, 1, x).dx();
    }

    private static void assertRow(double[] expected, double[] actual) {
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], actual[i], 1e-12 * Math.abs(expected[i]), "at " + i);
        }
    }

    @Test
    void atZeroTheDesignSaysWhichSlopeHolds() {
        double[] x = {0, -0.0, 2, -2};
        assertRow(new double[] {0, 0, 3, -4}, dx("abs(x)", x));
        assertRow(new double[] {1 / EPS, 2 / EPS, 3 / (2 + EPS), 4 / (2 + EPS)}, dx("log(x)", x));
        double slope = 0.5 / Math.sqrt(2 + EPS);
        assertRow(new double[] {0.5 / Math.sqrt(EPS), 1 / Math.sqrt(EPS), 3 * slope, 4 * slope}, dx("sqrt(x)", x));
        assertRow(
                new double[] {
                    -1 / (EPS * EPS), -2 / (EPS * EPS), -3 / ((2 + EPS) * (2 + EPS)), -4 / ((2 + EPS) * (2 + EPS))
                },
                dx("1 / x", x));
        double[] ratio = dx("x / x", x);
        assertEquals(1 / EPS, ratio[0], 1e-5);
        assertEquals(2 / EPS, ratio[1], 1e-5);
        // The difference of two numbers of some 0.5, so its absolute error is small.
        assertEquals(3 * EPS / ((2 + EPS) * (2 + EPS)), ratio[2], 1e-15);
        assertEquals(-4 * EPS / ((2 + EPS) * (2 + EPS)), ratio[3], 1e-15);
        assertRow(new double[] {0, 0, 12, -16}, dx("square(x)", x));
        assertRow(new double[] {0, 0, 3 * 12, 4 * 12}, dx("x * x * x", x));
    }

    @Test
    void aTieSendsTheGradientToTheFirstOperand() {
        double[] x = {0, 1, -1, -0.0};
        assertArrayEquals(new double[] {1, 2, 0, 4}, dx("max(x, 0)", x));
        assertArrayEquals(new double[] {0, 2, 0, 0}, plain(dx("max(0, x)", x)));
        assertArrayEquals(new double[] {1, 2, 3, 4}, dx("max(x, x)", x));
        assertArrayEquals(new double[] {1, 2, -3, 4}, dx("max(x, -x)", x));
        assertArrayEquals(new double[] {-1, 2, -3, -4}, dx("max(-x, x)", x));
        assertArrayEquals(new double[] {0, 2, -3, 0}, plain(dx("max(abs(x), x)", x)));
        LoweredLayer first = row("max(x, v0)", 1, 0, x);
        assertArrayEquals(new double[] {0, 2, 0, 0}, plain(first.dx()));
        assertEquals(1 + 3 + 4, first.gradients().v0()[0]);
        LoweredLayer second = row("max(v0, x)", 1, 0, x);
        assertArrayEquals(new double[] {0, 0, 0, 0}, plain(second.dx()));
        assertEquals(10, second.gradients().v0()[0]);
        LoweredLayer vectors = row("max(v1, v0) * x", 2, 2, 1, 1, 1);
        assertEquals(6, vectors.gradients().v1()[0]);
        assertEquals(0, vectors.gradients().v0()[0]);
    }

    private static double[] plain(double[] values) {
        return Arrays.stream(values).map(value -> value + 0.0).toArray();
    }

    @Test
    void deviationsOfEqualValuesHaveNoSlope() {
        for (String over : List.of("bwh", "whc", "wh", "whcg")) {
            LoweredLayer std = row("std_" + over + "(x)", 0, 1, 3, 3, 3);
            assertRow(new double[] {Math.sqrt(EPS), Math.sqrt(EPS), Math.sqrt(EPS)}, std.y());
            assertArrayEquals(new double[] {0, 0, 0}, plain(std.dx()));
            assertArrayEquals(new double[] {0, 0, 0}, plain(dx("rms_" + over + "(x)", 0, -0.0, 0)));
            // Deviations -1, 0, 1 and 3, 0, -3 of mean 5; dy adds up to 6.
            double slope = 2 / Math.sqrt(2.0 / 3 + EPS);
            assertRow(new double[] {-slope, 0, slope}, dx("std_" + over + "(x)", 4, 5, 6));
            double root = 2 / Math.sqrt(14.0 / 3 + EPS);
            assertRow(new double[] {root, -2 * root, 3 * root}, dx("rms_" + over + "(x)", 1, -2, 3));
            assertRow(new double[] {2, 2, 2}, dx("mean_" + over + "(x)", 7, 0, 7));
        }
    }

    @Test
    void zeroHasNoGradientAndPassesNoneOn() {
        Program program = LayerLowering.training(CanonicalLayer.of(Formula.parse("x * 0 + v1 / 0 | no affine")));
        assertEquals(Set.of(Operation.V1), program.gradients().keySet());
        program = LayerLowering.training(CanonicalLayer.of(Formula.parse("abs(x) + std_bwh(v1)")));
        assertEquals(
                Set.of(Operation.X, Operation.GAMMA, Operation.BETA),
                program.gradients().keySet());
    }
}
