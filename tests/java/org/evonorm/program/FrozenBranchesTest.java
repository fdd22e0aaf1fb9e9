package org.evonorm.program;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.evonorm.graph.CanonicalLayer;
import org.evonorm.graph.ChannelVectors;
import org.evonorm.graph.Family;
import org.evonorm.graph.Formula;
import org.evonorm.graph.Layer;
import org.evonorm.graph.Primitive;
import org.evonorm.graph.RandomGraphs;
import org.evonorm.graph.TensorShape;
import org.evonorm.program.LoweredLayer.Point;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The lowering whose kinks stay on the sides that they are on at another point. */
class FrozenBranchesTest {

    private static final TensorShape SHAPE = new TensorShape(2, 2, 2, 16);
    private static final double EPS = 1e-5;
    /** A distance at which the layers that go on smoothly have hardly any third difference. */
    private static final double NEAR = 1e-3 * EPS;

    static List<Primitive> primitives() {
        return Primitive.all();
    }

    @ParameterizedTest
    @MethodSource("primitives")
    void atThePointItselfHoldingChangesNothing(Primitive primitive) {
        SplittableRandom random = new SplittableRandom(1);
        for (String inputs : primitive.arity() == 1
                ? List.of("v1 * x + v0", "x", "v1 * v0", "mean_wh(x)", "max(x, v0)", "-abs(x)")
                : List.of(
                        "x, v1 * x + v0",
                        "v1 * x, x",
                        "v1, v0",
                        "v0, x",
                        "mean_wh(x) + v0, v1 * x",
                        "x, x",
                        "x, -x",
                        "abs(x), sqrt(x)",
                        "x, 0",
                        "0, x")) {
            Layer layer = CanonicalLayer.of(Formula.parse("x * " + primitive.symbol() + "(" + inputs + ") + x"))
                    .layer();
            assertSameAtItself(layer, Points.gaussian(SHAPE, random), random, 1e-12);
            assertSameAtItself(layer, Points.hostile(SHAPE, random), random, 1e-12);
        }
    }

    @ParameterizedTest
    @EnumSource(Family.class)
    void atThePointItselfHoldingChangesNoRandomGraph(Family family) {
        SplittableRandom random = new SplittableRandom(2);
        RandomGraphs graphs = new RandomGraphs(family, 10);
        Comparison reference = new Comparison(SHAPE);
        int checked = 0;
        for (int trial = 0; trial < 1500; trial++) {
            Layer layer = CanonicalLayer.of(new Layer(graphs.next(random), random.nextBoolean()))
                    .layer();
            Point point = Points.gaussian(SHAPE, random);
            double sensitivity = reference.sensitivity(layer, point, point.x());
            if (sensitivity < 1e-9) {
                assertSameAtItself(layer, point, random, 1e-10 + 100 * sensitivity);
                checked++;
            }
        }
        assertTrue(checked > 1100, "only " + checked);
    }

    private static void assertSameAtItself(Layer layer, Point point, SplittableRandom random, double tolerance) {
        double[] dy = Points.gaussians(SHAPE.size(), random);
        Comparison.assertClose(
                LoweredLayer.training(layer, SHAPE, point, dy),
                LoweredLayer.frozen(layer, SHAPE, point, point, dy),
                tolerance,
                Formula.print(layer));
    }

    /** Close by, where no value has crossed a kink, the frozen layer is the layer. */
    @ParameterizedTest
    @EnumSource(Family.class)
    void onTheSameSidesHoldingChangesNothingEither(Family family) {
        SplittableRandom random = new SplittableRandom(3);
        RandomGraphs graphs = new RandomGraphs(family, 10);
        int checked = 0;
        for (int trial = 0; trial < 1000; trial++) {
            Layer layer = CanonicalLayer.of(Layer.evolved(graphs.next(random))).layer();
            Point frozen = Points.gaussian(SHAPE, random);
            Point point = Points.moved(frozen, Points.gaussian(SHAPE, random), 1e-9);
            double[] dy = Points.gaussians(SHAPE.size(), random);
            LoweredLayer there = LoweredLayer.training(layer, SHAPE, frozen, dy);
            LoweredLayer here = LoweredLayer.training(layer, SHAPE, point, dy);
            double moved = IntStream.range(0, SHAPE.size())
                    .mapToDouble(i -> Math.abs(here.dx()[i] - there.dx()[i]))
                    .max()
                    .orElseThrow();
            if (moved < 1e-6 && Arrays.stream(here.y()).allMatch(Double::isFinite)) {
                Comparison.assertClose(
                        here, LoweredLayer.frozen(layer, SHAPE, point, frozen, dy), 1e-8, Formula.print(layer));
                checked++;
            }
        }
        assertTrue(checked > 600, "only " + checked);
    }

    /** A layer on single values, v0 = 0 and v1 = 1 everywhere; dy is 1. */
    private static LoweredLayer row(String formula, double[] x, double[] frozen) {
        Layer layer = new Layer(Formula.parse(formula).graph(), false);
        double[] ones = new double[x.length];
        Arrays.fill(ones, 1);
        ChannelVectors vectors = ChannelVectors.initial(1);
        return LoweredLayer.frozen(
                layer, new TensorShape(x.length, 1, 1, 1), new Point(x, vectors), new Point(frozen, vectors), ones);
    }

    @Test
    void beyondItsKinkEachPrimitiveGoesOnAsOnTheNearSide() {
        double[] x = {-3, 3, -4, 0.5, -0.5, 0.5};
        double[] frozen = {2, -2, 1, 0, -0.0, 1e-9};
        assertArrayEquals(
                new double[] {-3, 0, -4, 0.5, -0.5, 0.5},
                row("max(x, 0)", x, frozen).y());
        assertArrayEquals(
                new double[] {1, 0, 1, 1, 1, 1}, row("max(x, 0)", x, frozen).dx());
        LoweredLayer second = row("max(0, x)", x, new double[] {0, 1, -2, -1, 0, -3});
        assertArrayEquals(new double[] {0, 3, 0, 0, 0, 0}, plain(second.y()));
        assertArrayEquals(new double[] {0, 1, 0, 0, 0, 0}, plain(second.dx()));
        assertArrayEquals(
                new double[] {-3, -3, -4, 0, 0, 0.5},
                plain(row("abs(x)", x, frozen).y()));
        assertArrayEquals(
                new double[] {1, -1, 1, 0, 0, 1}, plain(row("abs(x)", x, frozen).dx()));
        double[] quotients = row("1 / x", x, frozen).y();
        double[] divisors = {-3 + EPS, 3 - EPS, -4 + EPS, 0.5 + EPS, -0.5 + EPS, 0.5 + EPS};
        double[] slopes = row("1 / x", x, frozen).dx();
        for (int i = 0; i < x.length; i++) {
            assertEquals(1 / divisors[i], quotients[i], 1e-12);
            assertEquals(-1 / (divisors[i] * divisors[i]), slopes[i], 1e-11);
        }
    }

    private static double[] plain(double[] values) {
        return Arrays.stream(values).map(value -> value + 0.0).toArray();
    }

    /** At any distance beyond zero: finite, with the value's own slope, and growing as slowly as the function. */
    @ParameterizedTest
    @CsvSource({"sqrt(x), 158.11388300841897, 2", "log(x), 1e5, 3"})
    void rootsAndLogarithmsGoOnBeyondZero(String formula, double slopeAtZero, double growth) {
        double[] distances = {1e-9, 0.4 * EPS, EPS, 3 * EPS, 1e-3, 0.3, 50, 1e6};
        for (double side : new double[] {1, -1}) {
            double[] beyond = Arrays.stream(distances).map(d -> -side * d).toArray();
            double[] near = Arrays.stream(distances).map(d -> side * d).toArray();
            double[] frozen = new double[distances.length];
            Arrays.fill(frozen, side);
            LoweredLayer there = row(formula, beyond, frozen);
            double[] nearSlopes = row(formula, near, frozen).dx();
            double[] ahead = row(formula, scaled(beyond, 1 + 1e-6), frozen).y();
            double[] behind = row(formula, scaled(beyond, 1 - 1e-6), frozen).y();
            for (int i = 0; i < distances.length; i++) {
                String where = formula + " at " + beyond[i];
                double slope = there.dx()[i];
                assertTrue(slope >= nearSlopes[i] && slope <= 1.13 * slopeAtZero, where);
                assertTrue(slope <= growth * nearSlopes[i], where);
                assertEquals((ahead[i] - behind[i]) / (beyond[i] * 2e-6), slope, 1e-5 * slopeAtZero, where);
            }
        }
    }

    private static double[] scaled(double[] values, double factor) {
        return Arrays.stream(values).map(value -> factor * value).toArray();
    }

    /** Zero has no side: the value follows the tangent there, so that value and slope go together. */
    @Test
    void atZeroRootsAndLogarithmsHaveTheirTangent() {
        double[] x = {0, 1e-7, -0.01};
        double[] zeros = new double[x.length];
        double root = 0.5 / Math.sqrt(EPS);
        LoweredLayer roots = row("sqrt(x)", x, zeros);
        assertArrayEquals(new double[] {0, root * 1e-7, -root * 0.01}, roots.y(), 1e-12);
        assertArrayEquals(new double[] {root, root, root}, roots.dx(), 1e-9);
        LoweredLayer logarithms = row("log(x)", x, zeros);
        assertArrayEquals(new double[] {0, 1e-7 / EPS, -0.01 / EPS}, logarithms.y(), 1e-9);
        assertArrayEquals(new double[] {1 / EPS, 1 / EPS, 1 / EPS}, logarithms.dx(), 1e-6);
    }

    /** The logarithm of a value that comes to lie at exactly zero, where LOG with its sign is 0. */
    @Test
    void aValueThatMovesToZeroKeepsItsBranch() {
        double[] frozen = {1, -1};
        assertArrayEquals(
                new double[] {Math.log(EPS), -Math.log(EPS)},
                row("log(x)", new double[] {0, 0}, frozen).y(),
                1e-12);
        assertArrayEquals(
                new double[] {Math.sqrt(EPS), -Math.sqrt(EPS)},
                row("sqrt(x)", new double[] {0, 0}, frozen).y(),
                1e-12);
    }

    /** Side by side with the layer with live branches, which jumps, or whose slope does. */
    @ParameterizedTest
    @CsvSource({
        "abs(x), 0",
        "'max(x, 0)', 0",
        "'max(-x, x)', 0",
        "1 / x, 2e15",
        "sqrt(x), -7905694.150420949",
        "log(x), -1e10",
        "'abs(x) * max(x, 0) + sqrt(max(x, -x))', -7905694.150420949"
    })
    void acrossAKinkTheGradientHasTheSecondDerivativeOfTheNearSide(String formula, double second) {
        double[] x = {-NEAR, 0, NEAR};
        for (double side : new double[] {1, -1}) {
            double[] frozen = {side, side, side};
            double[] gradient = row(formula, x, frozen).dx();
            double expected = nearSide(formula, side, second);
            double difference = (gradient[2] - gradient[0]) / (2 * NEAR);
            assertEquals(expected, difference, 2e-3 * Math.abs(expected) + 1e-9, formula + " from " + side);
            double left = (gradient[1] - gradient[0]) / NEAR;
            double right = (gradient[2] - gradient[1]) / NEAR;
            assertEquals(left, right, 1e-2 * Math.abs(expected) + 1e-9, formula + " from " + side);
        }
    }

    /** All of these are odd or even functions about zero, or linear there. */
    private static double nearSide(String formula, double side, double second) {
        if (formula.startsWith("abs(x) *")) {
            return side > 0 ? second + 2 : second;
        }
        return side > 0 ? second : -second;
    }

    @ParameterizedTest
    @CsvSource({"abs(x)", "'max(x, 0)'", "'max(-x, x)'", "1 / x", "sqrt(x)", "log(x)"})
    void acrossAKinkTheGradientIsThatOfTheFrozenBranch(String formula) {
        double step = 1e-3 * NEAR;
        double[] x = {-NEAR - step, -NEAR + step, NEAR - step, NEAR + step, -NEAR, NEAR};
        for (double side : new double[] {1, -1}) {
            double[] frozen = new double[x.length];
            Arrays.fill(frozen, side);
            LoweredLayer layer = row(formula, x, frozen);
            double[] y = layer.y();
            double[] dx = layer.dx();
            assertEquals((y[1] - y[0]) / (2 * step), dx[4], 1e-5 * Math.abs(dx[4]) + 1e-9, formula);
            assertEquals((y[3] - y[2]) / (2 * step), dx[5], 1e-5 * Math.abs(dx[5]) + 1e-9, formula);
        }
    }

    /** Sides come from the values that each node has on live branches, at the frozen input, v0 and v1. */
    @Test
    void branchesAreThoseOfTheFrozenPoint() {
        TensorShape shape = new TensorShape(1, 1, 2, 1);
        double[] one = {1};
        Point point = new Point(new double[] {5, -5}, new ChannelVectors(new double[] {1}, new double[] {2}, one, one));
        Point frozen =
                new Point(new double[] {-1, 1}, new ChannelVectors(new double[] {0}, new double[] {-3}, one, one));
        double[] dy = {1, 10};
        // max(x, v0) is v0, then x; v1 · that is 0, then -3, so that its absolute value has slope 0, then -1.
        Layer layer = Formula.parse("abs(v1 * max(x, v0)) | no affine");
        LoweredLayer lowered = LoweredLayer.frozen(layer, shape, point, frozen, dy);
        assertArrayEquals(new double[] {0, 10}, plain(lowered.y()));
        assertArrayEquals(new double[] {0, -20}, plain(lowered.dx()));
        assertArrayEquals(new double[] {0}, plain(lowered.gradients().v0()));
        assertArrayEquals(new double[] {50}, lowered.gradients().v1());
        // The mean of the frozen input is 0, which counts as positive.
        lowered = LoweredLayer.frozen(Formula.parse("x / (mean_wh(x) - v1) | no affine"), shape, point, frozen, dy);
        assertArrayEquals(new double[] {5 / (-2 + EPS), -5 / (-2 + EPS)}, lowered.y(), 1e-12);
        lowered = LoweredLayer.frozen(Formula.parse("max(v0, v1) * x | no affine"), shape, point, frozen, dy);
        assertArrayEquals(new double[] {5, -5}, lowered.y());
        assertArrayEquals(new double[] {5 - 50}, lowered.gradients().v0());
        assertArrayEquals(new double[] {0}, plain(lowered.gradients().v1()));
    }
}
