package org.evonorm.training;

import java.io.Serializable;
import java.util.List;

/**
 * What came of one training.
 *
 * @param accuracy  share of validation images labelled rightly, 0 to 1; 0 where the run diverged
 * @param loss      mean validation cross-entropy in nats; NaN where the run diverged
 * @param steps     steps done, fewer than asked where the run diverged
 * @param diverged  whether it ended at a training or validation loss that was not finite
 * @param curve     points in order of steps
 * @param seconds   wall time of the training, scoring included
 * @param imagesPerSecond training images a second, scoring excluded
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
     * @param trainingLoss mean loss of the training batches since the last point
     * @param accuracy     validation accuracy at this step
     */
    public record CurvePoint(int step, double trainingLoss, double accuracy) implements Serializable {}

    public TrainingResult {
        curve = List.copyOf(curve);
    }
}
