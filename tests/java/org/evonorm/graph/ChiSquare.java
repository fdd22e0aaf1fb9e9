package org.evonorm.graph;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;

/** Pearson's test that counts follow a distribution. */
public final class ChiSquare {

    /** Standard normal quantile of 0.999. */
    private static final double Z = 3.0902;

    private ChiSquare() {}

    /** Fails if counts this far from {@code probabilities} come up less than once in 1000 times. */
    public static void assertFollows(double[] probabilities, long[] counts, String what) {
        long total = 0;
        for (long count : counts) {
            total += count;
        }
        double statistic = 0;
        for (int i = 0; i < counts.length; i++) {
            double expected = probabilities[i] * total;
            assertTrue(expected >= 5, "too few draws for " + what);
            statistic += (counts[i] - expected) * (counts[i] - expected) / expected;
        }
        double limit = quantile(counts.length - 1);
        assertTrue(statistic < limit, what + ": chi-square " + statistic + " exceeds " + limit);
    }

    /** Fails if counts this uneven come up less than once in 1000 times. */
    public static void assertUniform(long[] counts, String what) {
        double[] probabilities = new double[counts.length];
        Arrays.fill(probabilities, 1.0 / counts.length);
        assertFollows(probabilities, counts, what);
    }

    /** Wilson and Hilferty's approximation of the 0.999 quantile. */
    private static double quantile(int degrees) {
        double v = 2.0 / (9 * degrees);
        return degrees * Math.pow(1 - v + Z * Math.sqrt(v), 3);
    }
}
