package org.evonorm.calibration;

/**
 * A statistic of a sample of layers with its bootstrap interval.
 *
 * @param value statistic of all layers; NaN where there are too few
 * @param low   lower end of the interval of 95%
 * @param high  upper end
 */
public record Estimate(double value, double low, double high) {

    /** No statistic, as of the reference itself. */
    static final Estimate NONE = new Estimate(Double.NaN, Double.NaN, Double.NaN);
}
