package org.evonorm.calibration;

import java.util.Arrays;

/**
 * The top quarter of a ranking, rounded to at least one layer. Of layers that tie for its last places each is in it
 * with an equal share, as if lots were drawn.
 */
final class TopQuarter {

    private static final int PARTS = 4;

    private TopQuarter() {}

    /**
     * The share of the reference's top quarter that is in the rung's top quarter too.
     *
     * @param rung      accuracies in the rung by layer
     * @param reference accuracies in the reference, in the same order
     * @return from 0 to 1; NaN for less than four layers
     */
    static double kept(double[] rung, double[] reference) {
        if (rung.length < PARTS) {
            return Double.NaN;
        }
        double[] mine = shares(rung);
        double[] theirs = shares(reference);
        double kept = 0;
        for (int i = 0; i < mine.length; i++) {
            kept += mine[i] * theirs[i];
        }
        return kept / size(mine.length);
    }

    private static int size(int layers) {
        return Math.max(1, Math.round(layers / (float) PARTS));
    }

    /** The share of each layer in the top quarter; the shares add up to the quarter's size. */
    static double[] shares(double[] accuracies) {
        int size = size(accuracies.length);
        double[] sorted = accuracies.clone();
        Arrays.sort(sorted);
        double last = sorted[sorted.length - size];
        long above = Arrays.stream(accuracies).filter(value -> value > last).count();
        long ties = Arrays.stream(accuracies).filter(value -> value == last).count();
        double share = (size - above) / (double) ties;
        return Arrays.stream(accuracies)
                .map(value -> value > last ? 1 : value == last ? share : 0)
                .toArray();
    }
}
