package org.evonorm.calibration;

/**
 * Kendall's rank correlation tau-b of two lists of accuracies (Kendall, "The treatment of ties in ranking problems",
 * Biometrika 33, 1945): concordant less discordant pairs, over the geometric mean of the pairs that are no ties in one
 * list and in the other.
 */
final class KendallTau {

    private KendallTau() {}

    /**
     * Tau-b of two lists of equal length.
     *
     * @return from −1 to 1; NaN if all values of a list are equal, or there are less than two
     */
    static double of(double[] one, double[] other) {
        double score = 0;
        double untiedInOne = 0;
        double untiedInOther = 0;
        for (int i = 0; i < one.length; i++) {
            for (int j = 0; j < i; j++) {
                int first = Double.compare(one[i], one[j]);
                int second = Double.compare(other[i], other[j]);
                score += Integer.signum(first) * Integer.signum(second);
                untiedInOne += first == 0 ? 0 : 1;
                untiedInOther += second == 0 ? 0 : 1;
            }
        }
        return score / (Math.sqrt(untiedInOne) * Math.sqrt(untiedInOther));
    }
}
