package org.evonorm.engine;

import java.io.Serializable;

/**
 * The accuracy and loss of a model on a number of images. Sums instead of means, so that scores of parts can be added.
 *
 * @param images  number of images
 * @param correct number of images with the right label
 * @param lossSum sum over the images of the cross-entropy in nats
 */
public record Score(int images, int correct, double lossSum) implements Serializable {

    /** The score of no images. */
    public static final Score NONE = new Score(0, 0, 0);

    /**
     * The score of logits, computed in float64.
     *
     * @param logits [images, classes]
     * @param labels class of each image, at least {@code images} values
     */
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

    /** Share of images with the right label, 0 to 1. */
    public double accuracy() {
        return (double) correct / images;
    }

    /** Mean cross-entropy in nats. */
    public double loss() {
        return lossSum / images;
    }
}
