package org.evonorm.training;

import java.io.Serializable;

/**
 * Settings of one training of a layer in a network (docs/design.md, "Training rules").
 *
 * @param steps        optimizer steps
 * @param batchSize    images per step
 * @param cropSize     side of the random training crops, in pixels; whole images are scored
 * @param learningRate learning rate after the warm-up
 * @param decay        course of the rate after the warm-up
 * @param warmupSteps  steps of the linear rise of the rate; 0 for no warm-up
 * @param momentum     Nesterov momentum, at least 0 and below 1
 * @param weightDecay  factor of convolution and dense weights in their gradient
 * @param scoreEvery   steps between two points of the learning curve; 0 for one point at the end
 * @param localSgd     partitions of the images, and steps between two averages
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

    /** These settings with plain training in place of local SGD. */
    TrainingSettings unpartitioned() {
        return new TrainingSettings(
                steps, batchSize, cropSize, learningRate, decay, warmupSteps, momentum, weightDecay, scoreEvery);
    }

    /** Settings of plain training, on all images at once. */
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

    /** These settings on partitioned data. */
    public TrainingSettings with(LocalSgd partitioned) {
        return new TrainingSettings(
                steps,
                batchSize,
                cropSize,
                learningRate,
                decay,
                warmupSteps,
                momentum,
                weightDecay,
                scoreEvery,
                partitioned);
    }

    /** These settings with another number of steps, and one score at the end. */
    public TrainingSettings withSteps(int newSteps) {
        return new TrainingSettings(
                newSteps, batchSize, cropSize, learningRate, decay, warmupSteps, momentum, weightDecay, 0, localSgd);
    }
}
