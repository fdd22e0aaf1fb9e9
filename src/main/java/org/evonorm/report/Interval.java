package org.evonorm.report;

import java.util.List;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.stat.StatUtils;

/**
 * A mean over seeds with its interval of confidence by Student's t, which takes the seeds' values for normally
 * distributed.
 *
 * @param mean arithmetic mean
 * @param half half of the interval's width; NaN for a single value
 */
public record Interval(double mean, double half) {

    private static final double CONFIDENCE = 0.95;

    /** The interval of 95% of at least one value. */
    static Interval of(List<Double> values) {
        double[] all = values.stream().mapToDouble(Double::doubleValue).toArray();
        double mean = StatUtils.mean(all);
        if (all.length < 2) {
            return new Interval(mean, Double.NaN);
        }
        double quantile = new TDistribution(all.length - 1).inverseCumulativeProbability((1 + CONFIDENCE) / 2);
        return new Interval(mean, quantile * Math.sqrt(StatUtils.variance(all) / all.length));
    }

    /** Whether there were several values. */
    public boolean isKnown() {
        return !Double.isNaN(half);
    }
}
