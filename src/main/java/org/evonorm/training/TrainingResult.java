package org.evonorm.training;

import java.io.Serializable;
import java.util.List;

/**
 * The result of one training.
 *
 * @param accuracy        share of the validation images that are classified correctly, 0 to 1; 0 if the training
 *                        diverged
 * @param loss            mean validation cross-entropy in nats; NaN if the training diverged
 * @param steps           steps done; fewer than the settings' if the training diverged
 * @param diverged        whether the training ended at a training or validation loss that was not finite
 * @param curve           learning curve, in the order of steps
 * @param seconds         wall time of the training, scoring included
 * @param imagesPerSecond training images per second, scoring excluded
 */
public record TrainingResult(
        double accuracy,
        double loss,
        int steps,
        boolean diverged,
        List<CurvePoint> curve,
        double seconds,
        double imagesPerSecond)
        implements Serializable {

    /**
     * A point of the learning curve.
     *
     * @param step         steps done
     * @param trainingLoss mean loss of the training batches since the last point, in nats
     * @param accuracy     validation accuracy after this step, 0 to 1
     */
    public record CurvePoint(int step, double trainingLoss, double accuracy) implements Serializable {}

    public TrainingResult {
        curve = List.copyOf(curve);
    }
}
