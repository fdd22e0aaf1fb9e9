package org.evonorm.cli.measure;

import java.util.List;
import java.util.stream.DoubleStream;

/**
 * The sizes that the errors of a tensor's values are relative to. A value's own size does not do: a gradient may be
 * exactly zero, as that of v0 in x + std_wh(v0 + x), or what is left of large terms that cancel, as that of x / x, and
 * is then computed as the terms' rounding noise. So four sizes are added up: the value's, the tensor's mean size, a
 * floor for the gradients of one layer, and a share of the terms that cancel.
 *
 * @param exact the exact values
 * @param sizes one for each value
 */
record ErrorScale(double[] exact, double[] sizes) {

    /** The share of the largest mean size among a layer's gradients. */
    private static final double FLOOR = 0.01;
    /** The share of cancelled terms: the polynomials of float32 are a few roundings away from the exact function. */
    private static final double TERMS = 1.0 / 16;
    /** The size that makes an error of rounding noise alone a hundred thousandth. */
    private static final double NOISE = 1e5;
    /** A size below which values count as zero: float32 ends at 1e-38, and two divisions by eps are 1e10. */
    private static final double UNDERFLOW = 1e-24;

    /** The sizes for a tensor whose terms do not cancel. */
    static ErrorScale of(double[] exact, double floor) {
        double scale = meanSize(exact) + floor + UNDERFLOW;
        return new ErrorScale(
                exact,
                DoubleStream.of(exact).map(value -> Math.abs(value) + scale).toArray());
    }

    /** The floor of all gradients of a layer, each by one tensor. */
    static double floor(List<double[]> gradients) {
        return FLOOR
                * gradients.stream().mapToDouble(ErrorScale::meanSize).max().orElse(0);
    }

    /**
     * These sizes, with the sizes of terms that cancel.
     *
     * @param nudged the tensor, computed with relative nudges of all terms
     * @param nudge  size of the nudges
     */
    ErrorScale withCancelledTerms(List<double[]> nudged, double nudge) {
        double[] larger = sizes.clone();
        for (int i = 0; i < larger.length; i++) {
            double terms = 0;
            for (double[] tensor : nudged) {
                terms = Math.max(terms, Math.abs(tensor[i] - exact[i]) / nudge);
            }
            larger[i] += TERMS * terms;
        }
        return new ErrorScale(exact, larger);
    }

    /** The error of a value that should be the tensor's value {@code i}; NaN if one of both is. */
    double relative(double found, int i) {
        return relative(found, i, 0);
    }

    /** As {@link #relative(double, int)}, of a value that was found with rounding noise of this size. */
    double relative(double found, int i, double noise) {
        return found == exact[i] ? 0 : Math.abs(found - exact[i]) / (sizes[i] + NOISE * noise);
    }

    private static double meanSize(double[] values) {
        return DoubleStream.of(values).map(Math::abs).average().orElse(0);
    }
}
