package org.evonorm.engine;

import java.util.Arrays;
import org.evonorm.data.Batch;

/**
 * A trainable network: operators, one layer in the places, parameters and running statistics. It is the common view of
 * the engines on one training. All vectors are flat, in the order of {@link ParameterLayout}. A model is not safe for
 * use by several threads at once.
 */
public interface Model extends AutoCloseable {

    /** Names, roles, shapes and offsets of the parameters and running statistics. */
    ParameterLayout layout();

    /** A copy of the parameters, {@link ParameterLayout#parameterCount} values. */
    float[] parameters();

    /** Replaces the parameters. */
    void setParameters(float[] values);

    /**
     * A copy of the running statistics of the batch aggregates, {@link ParameterLayout#runningStatisticCount} values.
     * The values are uncorrected; see {@link #statisticSteps()}.
     */
    float[] runningStatistics();

    /**
     * Number of training steps that the running statistics include. Readers divide by {@code 1 − 0.9^steps}, which
     * corrects the bias of the start at zero (docs/design.md, "Evaluation mode").
     */
    int statisticSteps();

    /** Replaces the running statistics and the number of steps that they include. */
    void setRunningStatistics(float[] values, int statisticSteps);

    /** A copy of the state of the update rule, one value per parameter; zeros before the first {@link #update}. */
    float[] momentum();

    /** Replaces the state of the update rule. */
    void setMomentum(float[] values);

    /** The state of a training between two steps: parameters, momentum and running statistics, in this order. */
    default float[] state() {
        float[] parameters = parameters();
        float[] runningStatistics = runningStatistics();
        float[] state = Arrays.copyOf(parameters, 2 * parameters.length + runningStatistics.length);
        System.arraycopy(momentum(), 0, state, parameters.length, parameters.length);
        System.arraycopy(runningStatistics, 0, state, 2 * parameters.length, runningStatistics.length);
        return state;
    }

    /**
     * Replaces parameters, momentum and running statistics.
     *
     * @param state          a vector in the form of {@link #state}
     * @param statisticSteps number of training steps that the running statistics include
     * @throws IllegalArgumentException if the vector has another length than this model's state
     */
    default void setState(float[] state, int statisticSteps) {
        int parameters = layout().parameterCount();
        int runningStatistics = layout().runningStatisticCount();
        if (state.length != layout().stateCount()) {
            throw new IllegalArgumentException(
                    "the model's state has " + layout().stateCount() + " values, not " + state.length);
        }
        setParameters(Arrays.copyOf(state, parameters));
        setMomentum(Arrays.copyOfRange(state, parameters, 2 * parameters));
        if (runningStatistics > 0) {
            setRunningStatistics(Arrays.copyOfRange(state, 2 * parameters, state.length), statisticSteps);
        }
    }

    /**
     * Forward and backward pass in training mode. The model keeps the gradient of the mean cross-entropy until the next
     * call, and the running statistics take one step.
     *
     * @return the mean cross-entropy of the batch in nats, possibly infinite or NaN
     */
    double lossAndGradient(Batch batch);

    /** A copy of the gradient that the last {@link #lossAndGradient} computed, one value per parameter. */
    float[] gradient();

    /**
     * The product of a Hessian with {@code direction}, where the Hessian is the second derivative of the mean
     * cross-entropy of the batch in training mode. The stability filter needs it. Call {@link #lossAndGradient} with
     * the same batch at the same parameters before. Parameters and running statistics do not change; the stored
     * gradient is lost.
     *
     * <p>At a kink, as max and abs have them, the second derivative is the one beside the kink, as in automatic
     * differentiation. This default takes a difference of gradients, which includes jumps at the kinks between its two
     * points. Engines do better with frozen branches, linearised on the branch taken at the present parameters
     * (docs/design.md, "Filters").
     *
     * @param direction one value per parameter
     * @return one value per parameter
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

    /** Applies {@code rule} to the parameters, with the gradient that the last {@link #lossAndGradient} computed. */
    void update(UpdateRule rule);

    /** Forward pass in evaluation mode: the score of all images of the batch. */
    Score evaluate(Batch batch);

    /** Forward pass in evaluation mode: the logits [B, classes], where B is the number of images of the batch. */
    float[] predict(Batch batch);

    /** Frees the native memory of the model. */
    @Override
    void close();
}
