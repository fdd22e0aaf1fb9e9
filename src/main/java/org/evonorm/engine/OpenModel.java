package org.evonorm.engine;

/** A model that shows what its operators put out, for filters that look at signals inside a network. */
public interface OpenModel extends Model {

    /**
     * A copy of the output of an operator in the last {@link #lossAndGradient}: [B, H, W, C]. Of a convolution that a
     * later addition adds to in its own memory, it is the sum.
     *
     * @param operator index of the operator in the network
     * @throws IllegalStateException if there was no {@link #lossAndGradient} yet
     */
    float[] output(int operator);
}
