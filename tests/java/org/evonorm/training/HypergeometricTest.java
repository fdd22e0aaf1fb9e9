package org.evonorm.training;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class HypergeometricTest {

    /** All samples of few things, counted one by one. */
    @Test
    void probabilitiesAreSharesOfAllSamples() {
        int all = 9;
        for (int marked = 0; marked <= all; marked++) {
            for (int sample = 0; sample <= all; sample++) {
                int[] byCount = new int[all + 1];
                int samples = 0;
                for (int chosen = 0; chosen < 1 << all; chosen++) {
                    if (Integer.bitCount(chosen) == sample) {
                        byCount[Integer.bitCount(chosen & (1 << marked) - 1)]++;
                        samples++;
                    }
                }
                Hypergeometric distribution = new Hypergeometric(all, marked, sample);
                int below = 0;
                for (int count = 0; count <= all; count++) {
                    assertEquals(1 - (double) below / samples, distribution.atLeast(count), 1e-12);
                    below += byCount[count];
                    assertEquals((double) below / samples, distribution.atMost(count), 1e-12);
                }
                assertEquals(0, distribution.atMost(-1));
                assertEquals(0, distribution.atLeast(sample + 1));
            }
        }
    }

    @Test
    void manyThingsAreNoProblem() {
        // The first probabilities of the sum are under the smallest double.
        Hypergeometric large = new Hypergeometric(50_000, 25_000, 25_000);
        assertEquals(0.5, large.atMost(12_499) + (large.atMost(12_500) - large.atMost(12_499)) / 2, 1e-6);
        assertEquals(1, large.atMost(12_400) + large.atLeast(12_401), 1e-6);
        assertEquals(0, large.atMost(12_000), 1e-12);
    }
}
