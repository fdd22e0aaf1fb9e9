package org.evonorm.engine;

import org.evonorm.data.Batch;

/**
 * A network with a layer in its places, its parameters and moving averages. All vectors are flat, in the order of
 * {@link ParameterLayout}. Not safe for use by several threads at once.
 */
public interface Model extends AutoCloseable {

    /** Names, roles, shapes and offsets of the parameters and moving averages. */
    ParameterLayout layout();

    /** A copy of the parameters. */
    float[] parameters();

    /** Replaces the parameters. */
    void setParameters(float[] values);

    /** A copy of the moving averages of batch aggregates, uncorrected; see {@link #averagedSteps()}. */
    float[] averages();

    /** Number of training steps that the moving averages have seen; 1 − decay^steps corrects their bias. */
    int averagedSteps();

    /** Replaces the moving averages. */
    void setAverages(float[] values, int averagedSteps);

    /**
     * Forward and backward pass in training mode: the gradient of the mean cross-entropy is kept until the next call, and
     * the moving averages take one step.
     *
     * @return the mean cross-entropy of the batch in nats, possibly not finite
     */
    double lossAndGradient(Batch batch);

    /** A copy of the gradient that the last {@link #lossAndGradient} left. */
    float[] gradient();

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
