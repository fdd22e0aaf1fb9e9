package org.evonorm.calibration;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.ToDoubleBiFunction;

/**
 * Percentile bootstrap over layers (Efron, "Bootstrap methods: another look at the jackknife", Annals of Statistics 7,
 * 1979). The interval tells how much a statistic depends on which layers happened to be trained; it does not contain
 * the luck of seeds beyond that.
 */
final class Bootstrap {

    private static final int RESAMPLES = 1_000;
    private static final double TAIL = 0.025;

    private Bootstrap() {}

    /**
     * A statistic of pairs of accuracies with its interval of 95%.
     *
     * @param one       accuracies by layer
     * @param other     other accuracies of the same layers
     * @param random    draws the resamples; equal generators draw equal layers
     * @param statistic statistic of two lists of equal length; resamples where it is NaN do not count
     */
    static Estimate of(
            double[] one, double[] other, SplittableRandom random, ToDoubleBiFunction<double[], double[]> statistic) {
        int count = one.length;
        double[] values = new double[RESAMPLES];
        for (int resample = 0; resample < RESAMPLES; resample++) {
            double[] drawnOne = new double[count];
            double[] drawnOther = new double[count];
            for (int i = 0; i < count; i++) {
                int layer = random.nextInt(count);
                drawnOne[i] = one[layer];
                drawnOther[i] = other[layer];
            }
            values[resample] = statistic.applyAsDouble(drawnOne, drawnOther);
        }
        double[] sorted = Arrays.stream(values)
                .filter(value -> !Double.isNaN(value))
                .sorted()
                .toArray();
        return new Estimate(statistic.applyAsDouble(one, other), quantile(sorted, TAIL), quantile(sorted, 1 - TAIL));
    }

    /** The quantile of sorted values, interpolated between neighbours; NaN without values. */
    static double quantile(double[] sorted, double share) {
        if (sorted.length == 0) {
            return Double.NaN;
        }
        double place = share * (sorted.length - 1);
        int below = (int) place;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }
}
