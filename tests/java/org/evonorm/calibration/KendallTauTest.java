package org.evonorm.calibration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class KendallTauTest {

    private static final double[] RISING = {0.1, 0.2, 0.3, 0.4};

    @Test
    void handMadeCases() {
        assertEquals(1, KendallTau.of(RISING, new double[] {1, 2, 3, 9}), 1e-15);
        assertEquals(-1, KendallTau.of(RISING, new double[] {4, 3, 2, 1}), 1e-15);
        // One of six pairs is discordant.
        assertEquals(4 / 6.0, KendallTau.of(RISING, new double[] {1, 3, 2, 4}), 1e-15);
        // Five concordant pairs, and one tie in the second list alone: 5 / sqrt(6 · 5).
        assertEquals(5 / Math.sqrt(30), KendallTau.of(RISING, new double[] {0, 0, 2, 3}), 1e-15);
        // A pair that ties in both lists counts in neither.
        assertEquals(1, KendallTau.of(new double[] {0, 0, 1}, new double[] {5, 5, 6}), 1e-15);
    }

    @Test
    void withoutOrderThereIsNoCorrelation() {
        assertTrue(Double.isNaN(KendallTau.of(RISING, new double[] {0, 0, 0, 0})));
        assertTrue(Double.isNaN(KendallTau.of(new double[] {1}, new double[] {2})));
        assertTrue(Double.isNaN(KendallTau.of(new double[0], new double[0])));
    }

    /** The definition by counts of ties per group: (P − Q) / sqrt((n0 − n1)(n0 − n2)). */
    private static double byGroups(double[] one, double[] other) {
        double difference = 0;
        for (int i = 0; i < one.length; i++) {
            for (int j = 0; j < one.length; j++) {
                difference += 0.5 * Math.signum(one[i] - one[j]) * Math.signum(other[i] - other[j]);
            }
        }
        double pairs = one.length * (one.length - 1) / 2.0;
        return difference / Math.sqrt((pairs - tied(one)) * (pairs - tied(other)));
    }

    private static double tied(double[] values) {
        double pairs = 0;
        for (double value : values) {
            int equal = 0;
            for (double other : values) {
                equal += value == other ? 1 : 0;
            }
            // Every group of t equal values is met t times and has t (t − 1) / 2 pairs.
            pairs += (equal - 1) / 2.0;
        }
        return pairs;
    }

    @Test
    void randomListsWithTiesAgreeWithTheDefinition() {
        SplittableRandom random = new SplittableRandom(5);
        for (int i = 0; i < 200; i++) {
            int count = random.nextInt(3, 30);
            int levels = random.nextInt(2, 12);
            double[] one = random.ints(count, 0, levels).asDoubleStream().toArray();
            double[] other = random.ints(count, 0, levels).asDoubleStream().toArray();
            double expected = byGroups(one, other);
            double tau = KendallTau.of(one, other);
            if (Double.isNaN(expected)) {
                assertTrue(Double.isNaN(tau));
            } else {
                assertEquals(expected, tau, 1e-12);
                assertEquals(tau, KendallTau.of(other, one), 1e-12);
            }
        }
    }
}
