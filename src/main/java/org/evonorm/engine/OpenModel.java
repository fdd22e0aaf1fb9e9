package org.evonorm.engine;

import org.evonorm.data.Batch;

/**
 * A model that shows what its operators put out, for filters that look at signals inside a network, and that computes
 * with it otherwise than a training does, for objectives of robustness.
 */
public interface OpenModel extends Model {

    /**
     * A copy of the output of an operator in the last {@link #lossAndGradient}: [B, H, W, C]. Of a convolution that a
     * later addition adds to in its own memory, it is the sum.
     *
     * @param operator index of the operator in the network
     * @throws IllegalStateException if there was no {@link #lossAndGradient} yet
     */
    float[] output(int operator);

    /**
     * Forward pass in evaluation mode with rounded weights, and the output of every operator but the last rounded as it
     * is written; what an operator computes inside stays float32. The parameters are the same afterwards.
     */
    Score evaluate(Batch batch, Rounding rounding);

    /**
     * Forward pass in training mode: batch aggregates are those of this batch. Running statistics, parameters and the
     * gradient stay as they are.
     */
    Score scoreAsTraining(Batch batch);
}
