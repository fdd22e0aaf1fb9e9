package org.evonorm.calibration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BootstrapTest {

    private static double mean(double[] values) {
        return Arrays.stream(values).average().orElse(Double.NaN);
    }

    private static Estimate mean(double[] values, long seed) {
        return Bootstrap.of(values, values, new SplittableRandom(seed), (one, other) -> mean(one));
    }

    @Test
    void theSeedDecidesTheInterval() {
        double[] values = new SplittableRandom(1).doubles(30).toArray();
        assertEquals(mean(values, 7), mean(values, 7));
        assertNotEquals(mean(values, 7), mean(values, 8));
        assertEquals(mean(values), mean(values, 7).value());
    }

    @Test
    void theIntervalOfAMeanIsThatOfItsStandardError() {
        double[] values = new SplittableRandom(2).doubles(200).toArray();
        double mean = mean(values);
        double variance = Arrays.stream(values)
                .map(value -> (value - mean) * (value - mean))
                .average()
                .orElseThrow();
        double error = 1.96 * Math.sqrt(variance / values.length);
        Estimate estimate = mean(values, 3);
        assertEquals(mean - error, estimate.low(), 0.15 * error);
        assertEquals(mean + error, estimate.high(), 0.15 * error);
    }

    @Test
    void pairsStayTogether() {
        double[] one = new SplittableRandom(4).doubles(12).toArray();
        Estimate tau = Bootstrap.of(one, one, new SplittableRandom(5), KendallTau::of);
        assertEquals(1, tau.value(), 1e-12);
        assertEquals(1, tau.low(), 1e-12);
    }

    @Test
    void resamplesWithoutStatisticDoNotCount() {
        // Half of the resamples of two layers have one of them twice, and no correlation.
        Estimate two = Bootstrap.of(new double[] {1, 2}, new double[] {3, 4}, new SplittableRandom(6), KendallTau::of);
        assertEquals(new Estimate(1, 1, 1), two);
        Estimate none = Bootstrap.of(new double[0], new double[0], new SplittableRandom(6), KendallTau::of);
        assertTrue(Double.isNaN(none.value()) && Double.isNaN(none.low()) && Double.isNaN(none.high()));
    }

    @Test
    void quantilesLieBetweenNeighbours() {
        double[] sorted = {1, 2, 4};
        assertEquals(1, Bootstrap.quantile(sorted, 0));
        assertEquals(1.5, Bootstrap.quantile(sorted, 0.25));
        assertEquals(4, Bootstrap.quantile(sorted, 1));
        assertTrue(Double.isNaN(Bootstrap.quantile(new double[0], 0.5)));
    }
}
