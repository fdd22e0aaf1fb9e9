package org.evonorm.engine;

/**
 * How well a model labels images.
 *
 * @param lossSum sum over the images of the cross-entropy in nats
 */
public record Score(int images, int correct, double lossSum) {

    /** Nothing scored yet. */
    public static final Score NONE = new Score(0, 0, 0);

    /** The score of both sets of images together. */
    public Score plus(Score other) {
        return new Score(images + other.images, correct + other.correct, lossSum + other.lossSum);
    }

    /** Share of right labels, 0 to 1. */
    public double accuracy() {
        return (double) correct / images;
    }

    /** Mean cross-entropy in nats. */
    public double loss() {
        return lossSum / images;
    }
}
