package org.evonorm.training;

/**
 * The learning rate of every step: it rises linearly over the first steps and then stays, or goes on along half a
 * cosine that spans all steps.
 *
 * @param peak        the rate that warm-up ends at
 * @param warmupSteps steps of the linear rise; 0 for none
 * @param steps       steps of the whole training
 */
public record LearningRate(double peak, RateDecay decay, int warmupSteps, int steps) {

    /** The rates of a training with these settings. */
    public static LearningRate of(TrainingSettings settings) {
        return new LearningRate(settings.learningRate(), settings.decay(), settings.warmupSteps(), settings.steps());
    }

    /** The rate of a step, which counts from 0. */
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
