package org.evonorm.engine;

import java.util.Arrays;
import org.evonorm.data.Batch;

/**
 * A network with a layer in its places, its parameters and running statistics. All vectors are flat, in the order of
 * {@link ParameterLayout}. Not safe for use by several threads at once.
 */
public interface Model extends AutoCloseable {

    /** Names, roles, shapes and offsets of the parameters and running statistics. */
    ParameterLayout layout();

    /** A copy of the parameters. */
    float[] parameters();

    /** Replaces the parameters. */
    void setParameters(float[] values);

    /** A copy of the running statistics of batch aggregates, uncorrected; see {@link #statisticSteps()}. */
    float[] runningStatistics();

    /** Number of training steps that the running statistics have seen; 1 − decay^steps corrects their bias. */
    int statisticSteps();

    /** Replaces the running statistics. */
    void setRunningStatistics(float[] values, int statisticSteps);

    /** A copy of the update rule's state, one value a parameter; zeros before the first {@link #update}. */
    float[] momentum();

    /** Replaces the update rule's state. */
    void setMomentum(float[] values);

    /** All that training carries from step to step: parameters, momentum and running statistics, one after the other. */
    default float[] state() {
        float[] parameters = parameters();
        float[] runningStatistics = runningStatistics();
        float[] state = Arrays.copyOf(parameters, 2 * parameters.length + runningStatistics.length);
        System.arraycopy(momentum(), 0, state, parameters.length, parameters.length);
        System.arraycopy(runningStatistics, 0, state, 2 * parameters.length, runningStatistics.length);
        return state;
    }

    /** Replaces parameters, momentum and running statistics by what {@link #state} gave. */
    default void setState(float[] state, int statisticSteps) {
        int parameters = layout().parameterCount();
        int runningStatistics = layout().runningStatisticCount();
        if (state.length != 2 * parameters + runningStatistics) {
            throw new IllegalArgumentException(
                    "the model's state has " + (2 * parameters + runningStatistics) + " values, not " + state.length);
        }
        setParameters(Arrays.copyOf(state, parameters));
        setMomentum(Arrays.copyOfRange(state, parameters, 2 * parameters));
        if (runningStatistics > 0) {
            setRunningStatistics(Arrays.copyOfRange(state, 2 * parameters, state.length), statisticSteps);
        }
    }

    /**
     * Forward and backward pass in training mode: the gradient of the mean cross-entropy is kept until the next call, and
     * the running statistics take one step.
     *
     * @return the mean cross-entropy of the batch in nats, possibly not finite
     */
    double lossAndGradient(Batch batch);

    /** A copy of the gradient that the last {@link #lossAndGradient} left. */
    float[] gradient();

    /**
     * The product of the Hessian of the batch's mean cross-entropy in training mode with {@code direction}, after
     * {@link #lossAndGradient} with the same batch at the same parameters. Parameters and running statistics stay as they
     * are; the gradient that was kept is lost.
     *
     * <p>Where a layer has kinks, as max and abs do, the second derivative counts on either side of them alone, as in
     * automatic differentiation. Differences of gradients, as this default takes them, see the kinks that lie between:
     * engines do better by frozen every kink on the side that it is on.
     */
    default float[] hessianProduct(Batch batch, float[] direction) {
        float[] parameters = parameters();
        float[] runningStatistics = runningStatistics();
        int statisticSteps = statisticSteps();
        float[] product = CentralDifference.hessianProduct(parameters, direction, moved -> {
            setParameters(moved);
            lossAndGradient(batch);
            return gradient();
        });
        setParameters(parameters);
        if (runningStatistics.length > 0) {
            setRunningStatistics(runningStatistics, statisticSteps);
        }
        return product;
    }

    /** Applies {@code rule} to the parameters with the gradient that the last {@link #lossAndGradient} left. */
    void update(UpdateRule rule);

    /** Forward pass in evaluation mode. */
    Score evaluate(Batch batch);

    /** Logits in evaluation mode, {@code count · classes} values. */
    float[] predict(Batch batch);

    /** Frees native memory. */
    @Override
    void close();
}
