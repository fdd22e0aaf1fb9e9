package org.evonorm.training;

/**
 * The hypergeometric distribution: the number of marked things in a random sample without replacement.
 *
 * @param all    number of things
 * @param marked number of marked things among them, from 0 to {@code all}
 * @param sample size of the sample, from 0 to {@code all}
 */
record Hypergeometric(int all, int marked, int sample) {

    /** Probability of at most {@code count} marked things in the sample. */
    double atMost(int count) {
        int least = Math.max(0, sample - (all - marked));
        int most = Math.min(count, Math.min(sample, marked));
        if (most < least) {
            return 0;
        }
        // Logarithms, since the first probabilities may be too small for a double where later ones are not.
        double log = logChoose(marked, least) + logChoose(all - marked, sample - least) - logChoose(all, sample);
        double sum = Math.exp(log);
        for (int i = least; i < most; i++) {
            double more = (double) (marked - i) * (sample - i);
            double fewer = (i + 1.0) * (all - marked - sample + i + 1.0);
            log += Math.log(more / fewer);
            sum += Math.exp(log);
        }
        return Math.min(1, sum);
    }

    /** Probability of at least {@code count} marked things in the sample. */
    double atLeast(int count) {
        // With as many marked things, the sample holds at most the rest of itself of unmarked ones.
        return new Hypergeometric(all, all - marked, sample).atMost(sample - count);
    }

    private static double logChoose(int of, int chosen) {
        int fewer = Math.min(chosen, of - chosen);
        double log = 0;
        for (int i = 0; i < fewer; i++) {
            log += Math.log((double) (of - i) / (i + 1));
        }
        return log;
    }
}
