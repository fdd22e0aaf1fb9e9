package org.evonorm.training;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The result of one training.
 *
 * @param accuracy        share of the validation images that are classified correctly, 0 to 1; 0 if the training
 *                        diverged
 * @param loss            mean validation cross-entropy in nats; NaN if the training diverged, or the training loss that
 *                        passed a limit
 * @param steps           steps done; fewer than the settings' if the training diverged
 * @param diverged        whether the training ended at a training or validation loss that was not finite, or at a
 *                        training loss above a limit
 * @param curve           learning curve, in the order of steps
 * @param seconds         wall time of the training, scoring included
 * @param imagesPerSecond training images per second, scoring excluded
 * @param robustness      accuracies at the end under conditions of robustness, 0 to 1; none if they were not asked for,
 *                        or the training diverged
 */
public record TrainingResult(
        double accuracy,
        double loss,
        int steps,
        boolean diverged,
        List<CurvePoint> curve,
        double seconds,
        double imagesPerSecond,
        Map<Robustness, Double> robustness)
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
        robustness = Map.copyOf(robustness);
    }

    /** A result without scores of robustness. */
    public TrainingResult(
            double accuracy,
            double loss,
            int steps,
            boolean diverged,
            List<CurvePoint> curve,
            double seconds,
            double imagesPerSecond) {
        this(accuracy, loss, steps, diverged, curve, seconds, imagesPerSecond, Map.of());
    }

    /** The same result with scores of robustness, after so many seconds in all. */
    TrainingResult with(Map<Robustness, Double> scores, double allSeconds) {
        return new TrainingResult(accuracy, loss, steps, diverged, curve, allSeconds, imagesPerSecond, scores);
    }

    /**
     * The result of this stretch of a training and of the {@code next} one together.
     *
     * @throws IllegalArgumentException if this stretch diverged, since no training goes on then
     */
    public TrainingResult then(TrainingResult next) {
        if (diverged) {
            throw new IllegalArgumentException("no training goes on after a loss that was not finite");
        }
        List<CurvePoint> both = new ArrayList<>(curve);
        both.addAll(next.curve);
        int further = next.steps - steps;
        // Steps divided by a rate of images, which the sum is divided by again.
        double time = steps / imagesPerSecond + (further == 0 ? 0 : further / next.imagesPerSecond);
        return new TrainingResult(
                next.accuracy,
                next.loss,
                next.steps,
                next.diverged,
                both,
                seconds + next.seconds,
                next.steps / time,
                next.robustness);
    }

    /**
     * The validation accuracy after {@code step} steps, where the curve has a point; 0 if the training diverged before.
     *
     * @throws IllegalArgumentException if the curve has no such point
     */
    public double accuracyAt(int step) {
        for (CurvePoint point : curve) {
            if (point.step() == step) {
                return point.accuracy();
            }
        }
        if (!diverged) {
            throw new IllegalArgumentException("the training was not scored after " + step + " steps");
        }
        return 0;
    }
}
