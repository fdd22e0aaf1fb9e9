package org.evonorm.training;

import java.io.Serializable;

/**
 * How one network is trained (DESIGN section 3).
 *
 * @param steps        optimizer steps
 * @param batchSize    images a step
 * @param cropSize     side of the random crops trained on, in pixels; whole images are scored
 * @param learningRate the rate after warm-up
 * @param decay        what the rate does after warm-up
 * @param warmupSteps  steps over which the rate rises linearly from 0
 * @param momentum     Nesterov momentum
 * @param weightDecay  added to the gradient of convolution and dense weights, times the weight
 * @param scoreEvery   steps between two points of the learning curve; 0 for the end alone
 * @param localSgd     on how many partitions of the images it is trained
 */
public record TrainingSettings(
        int steps,
        int batchSize,
        int cropSize,
        double learningRate,
        RateDecay decay,
        int warmupSteps,
        double momentum,
        double weightDecay,
        int scoreEvery,
        LocalSgd localSgd)
        implements Serializable {

    public TrainingSettings {
        require(steps >= 1, "training needs at least 1 step, not " + steps);
        require(batchSize >= 1, "a training batch needs at least 1 image, not " + batchSize);
        require(cropSize >= 1, "training crops need a side of at least 1 pixel, not " + cropSize);
        require(
                learningRate > 0 && Double.isFinite(learningRate),
                "the learning rate must be a number above 0, not " + learningRate);
        require(warmupSteps >= 0, "the number of warm-up steps must be 0 or more, not " + warmupSteps);
        require(momentum >= 0 && momentum < 1, "the momentum must be at least 0 and below 1, not " + momentum);
        require(
                weightDecay >= 0 && Double.isFinite(weightDecay),
                "the weight decay must be a number of 0 or more, not " + weightDecay);
        require(scoreEvery >= 0, "the number of steps between scores must be 0 or more, not " + scoreEvery);
    }

    /** The same settings for a training on all images at once. */
    TrainingSettings unpartitioned() {
        return new TrainingSettings(
                steps, batchSize, cropSize, learningRate, decay, warmupSteps, momentum, weightDecay, scoreEvery);
    }

    /** Of a training on all images at once. */
    public TrainingSettings(
            int steps,
            int batchSize,
            int cropSize,
            double learningRate,
            RateDecay decay,
            int warmupSteps,
            double momentum,
            double weightDecay,
            int scoreEvery) {
        this(
                steps,
                batchSize,
                cropSize,
                learningRate,
                decay,
                warmupSteps,
                momentum,
                weightDecay,
                scoreEvery,
                LocalSgd.NONE);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    /** The same settings for another number of steps, scored at the end alone. */
    public TrainingSettings withSteps(int newSteps) {
        return new TrainingSettings(
                newSteps, batchSize, cropSize, learningRate, decay, warmupSteps, momentum, weightDecay, 0, localSgd);
    }
}
