package org.evonorm.engine;

import java.io.Serializable;

/**
 * How well a model labels images.
 *
 * @param lossSum sum over the images of the cross-entropy in nats
 */
public record Score(int images, int correct, double lossSum) implements Serializable {

    /** Nothing scored yet. */
    public static final Score NONE = new Score(0, 0, 0);

    /** The score of the first {@code images} rows of logits, {@code logits.length / images} to a row. */
    public static Score ofLogits(float[] logits, int[] labels, int images) {
        int classes = logits.length / images;
        int correct = 0;
        double lossSum = 0;
        for (int image = 0; image < images; image++) {
            int first = image * classes;
            int best = first;
            for (int i = first; i < first + classes; i++) {
                best = logits[i] > logits[best] ? i : best;
            }
            double sum = 0;
            for (int i = first; i < first + classes; i++) {
                sum += Math.exp((double) logits[i] - logits[best]);
            }
            lossSum += Math.log(sum) + logits[best] - logits[first + labels[image]];
            correct += best - first == labels[image] ? 1 : 0;
        }
        return new Score(images, correct, lossSum);
    }

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
