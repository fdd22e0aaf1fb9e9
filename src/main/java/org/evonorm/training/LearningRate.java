package org.evonorm.training;

/**
 * Learning-rate schedule: a linear warm-up, then a constant rate or half a cosine that spans all steps, warm-up
 * included (docs/design.md, "Training rules").
 *
 * @param peak        rate at the end of the warm-up
 * @param decay       course of the rate after the warm-up
 * @param warmupSteps steps of the linear rise; 0 for no warm-up
 * @param steps       steps of the whole training
 */
public record LearningRate(double peak, RateDecay decay, int warmupSteps, int steps) {

    /** The schedule of a training with these settings. */
    public static LearningRate of(TrainingSettings settings) {
        return new LearningRate(settings.learningRate(), settings.decay(), settings.warmupSteps(), settings.steps());
    }

    /** The rate of a step; steps count from 0. */
    public double at(int step) {
        if (step < warmupSteps) {
            return peak * (step + 1) / warmupSteps;
        }
        return switch (decay) {
            case CONSTANT -> peak;
            case COSINE -> peak * 0.5 * (1 + Math.cos(Math.PI * step / steps));
        };
    }
}
