package org.evonorm.program;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;
import org.evonorm.graph.GroupRule;
import org.evonorm.graph.IndexSet;
import org.evonorm.graph.TensorShape;
import org.junit.jupiter.api.Test;

/**
 * Whatever a builder makes of what it is asked for has the value asked for. Every size is a power of two and every
 * value a small multiple of a power of two, so that sums, products and means are exact in any order, and so are
 * comparisons.
 */
class RewritesTest {

    private static final TensorShape SHAPE = new TensorShape(2, 2, 2, 16);
    private static final List<Operation> LEAVES =
            List.of(Operation.X, Operation.DY, Operation.V0, Operation.V1, Operation.GAMMA);

    @Test
    void randomRequestsGetTheirExactValues() {
        int checked = 0;
        for (int seed = 0; seed < 1500; seed++) {
            checked += new Requests(new SplittableRandom(seed)).check("seed " + seed);
        }
        assertTrue(checked > 30_000, checked + " are few");
    }

    /** Requests to a builder, beside what they stand for, at every position. */
    private static final class Requests {

        private final SplittableRandom random;
        private final ProgramBuilder builder = new ProgramBuilder(GroupRule.DEFAULT);
        private final double[][] leaves = new double[LEAVES.size()][];
        private final List<Integer> answers = new ArrayList<>();
        private final List<double[]> expected = new ArrayList<>();
        private final List<Extent> extents = new ArrayList<>();
        private final List<String> texts = new ArrayList<>();

        Requests(SplittableRandom random) {
            this.random = random;
            for (int i = 0; i < leaves.length; i++) {
                Extent extent = i < 2 ? Extent.TENSOR : Extent.CHANNEL;
                leaves[i] = Points.hostile(Interpretation.count(extent, SHAPE), random);
                double[] leaf = leaves[i];
                note(
                        LEAVES.get(i).name(),
                        builder.leaf(LEAVES.get(i), extent),
                        extent,
                        position -> leaf[position % leaf.length]);
            }
            for (double constant : new double[] {0, 1, 2, 0.5}) {
                note("" + constant, builder.constant(constant), Extent.CONSTANT, position -> constant);
            }
            for (int i = 0; i < 30; i++) {
                request();
            }
        }

        int check(String seed) {
            Interpretation values =
                    Interpretation.of(builder.instructions(), SHAPE, (leaf, argument) -> leaves[LEAVES.indexOf(leaf)]);
            for (int i = 0; i < answers.size(); i++) {
                String what = seed + ": " + texts.get(i);
                double[] actual = values.tensor(answers.get(i));
                assertArrayEquals(plain(expected.get(i)), plain(actual), what);
                Extent extent = builder.extent(answers.get(i));
                assertEquals(extents.get(i), extents.get(i).join(extent), () -> what + " varies over " + extent);
            }
            return answers.size();
        }

        /** Zeros of either sign are the same number. */
        private static double[] plain(double[] values) {
            return Arrays.stream(values).map(value -> value + 0.0).toArray();
        }

        private void request() {
            int a = random.nextInt(answers.size());
            int b = random.nextInt(answers.size());
            int c = random.nextInt(answers.size());
            double[] x = expected.get(a);
            double[] y = expected.get(b);
            double[] z = expected.get(c);
            Extent both = extents.get(a).join(extents.get(b));
            int first = answers.get(a);
            int second = answers.get(b);
            switch (random.nextInt(16)) {
                case 0, 1 -> note("add " + a + " " + b, builder.add(first, second), both, i -> x[i] + y[i]);
                case 2, 3 -> note("sub " + a + " " + b, builder.sub(first, second), both, i -> x[i] - y[i]);
                case 4, 5, 6 -> note("mul " + a + " " + b, builder.mul(first, second), both, i -> x[i] * y[i]);
                case 7 -> note("neg " + a, builder.neg(first), extents.get(a), i -> -x[i]);
                case 8 ->
                    note(
                            "gate " + a + " " + b + " " + c,
                            builder.gate(Operation.GATE, first, second, answers.get(c)),
                            both.join(extents.get(c)),
                            i -> x[i] >= y[i] ? z[i] : 0);
                case 9 ->
                    note(
                            "gate less " + a + " " + b + " " + c,
                            builder.gate(Operation.GATE_LESS, first, second, answers.get(c)),
                            both.join(extents.get(c)),
                            i -> x[i] < y[i] ? z[i] : 0);
                case 10 ->
                    note(
                            "max " + a + " " + b,
                            builder.elementwise(Operation.MAX, first, second),
                            both,
                            i -> Math.max(x[i], y[i]));
                case 11, 12 -> sum();
                case 13 -> mean(a, IndexSet.values()[random.nextInt(5)]);
                case 14 -> variance(a, IndexSet.values()[random.nextInt(5)]);
                default -> project(a, Extent.values()[random.nextInt(5)]);
            }
        }

        private void sum() {
            List<Integer> terms =
                    random.ints(random.nextInt(6), 0, answers.size()).boxed().toList();
            Extent extent = terms.stream().map(extents::get).reduce(Extent.CONSTANT, Extent::join);
            note(
                    "sum " + terms,
                    builder.sum(terms.stream().map(answers::get).toList()),
                    extent,
                    i -> terms.stream()
                            .mapToDouble(term -> expected.get(term)[i])
                            .sum());
        }

        private void mean(int a, IndexSet over) {
            double[] mean = mean(expected.get(a), over);
            note("mean " + over + " " + a, builder.mean(over, answers.get(a)), over(a, over), i -> mean[i]);
        }

        private void variance(int a, IndexSet over) {
            double[] x = expected.get(a);
            double[] mean = mean(x, over);
            double[] squares = new double[x.length];
            Arrays.setAll(squares, i -> (x[i] - mean[i]) * (x[i] - mean[i]));
            double[] variance = mean(squares, over);
            note("variance " + over + " " + a, builder.variance(over, answers.get(a)), over(a, over), i -> variance[i]);
        }

        private void project(int a, Extent extent) {
            double[] x = expected.get(a);
            double[] projected = switch (extent) {
                case TENSOR -> x;
                case PIXEL -> mean(x, IndexSet.C);
                case SAMPLE_CHANNEL -> mean(x, IndexSet.WH);
                case CHANNEL, CONSTANT -> mean(x, IndexSet.BWH);
            };
            // Nothing takes one mean of all: trainable values are channel vectors.
            Extent least = extent == Extent.PIXEL ? over(a, IndexSet.C) : extent.join(Extent.CHANNEL);
            note(
                    "project " + extent + " " + a,
                    builder.project(answers.get(a), extent),
                    least.compareTo(extents.get(a)) < 0 ? least : extents.get(a),
                    i -> projected[i]);
        }

        private Extent over(int a, IndexSet over) {
            if (over == IndexSet.C) {
                // A mean of values of channels is repeated at each channel.
                Extent extent = builder.extent(answers.get(a));
                return extent == Extent.TENSOR ? Extent.PIXEL : extent;
            }
            Extent extent = extents.get(a);
            Extent most = over == IndexSet.BWH ? Extent.CHANNEL : Extent.SAMPLE_CHANNEL;
            return extent.compareTo(most) < 0 ? extent : most;
        }

        private static double[] mean(double[] values, IndexSet over) {
            double[] sums = new double[values.length];
            int[] counts = new int[values.length];
            for (int i = 0; i < values.length; i++) {
                sums[segment(i, over)] += values[i];
                counts[segment(i, over)]++;
            }
            double[] means = new double[values.length];
            Arrays.setAll(means, i -> sums[segment(i, over)] / counts[segment(i, over)]);
            return means;
        }

        private static int segment(int position, IndexSet over) {
            int channel = position % SHAPE.channels();
            int sample = position / (SHAPE.size() / SHAPE.batch());
            return switch (over) {
                case BWH -> channel;
                case WHC -> sample;
                case WH -> sample * SHAPE.channels() + channel;
                case WHCG -> (sample * SHAPE.channels() + channel) / GroupRule.DEFAULT.size(SHAPE.channels());
                case C -> position / SHAPE.channels();
            };
        }

        /** Keeps what later requests may use and stay exact. */
        private void note(String text, int answer, Extent extent, IntToDoubleFunction value) {
            double[] values = new double[SHAPE.size()];
            Arrays.setAll(values, value);
            if (Arrays.stream(values).allMatch(v -> Math.abs(v) <= 64 && v * 256 == Math.rint(v * 256))) {
                answers.add(answer);
                expected.add(values);
                extents.add(extent);
                texts.add(text);
            }
        }
    }
}
