package org.evonorm.engine;

/** A model that shows what its operators put out, for filters that look at signals inside a network. */
public interface OpenModel extends Model {

    /**
     * A copy of the output of an operator in the last {@link #lossAndGradient}: [B, H, W, C].
     *
     * @param operator index of the operator in the network
     * @throws IllegalStateException if there was no {@link #lossAndGradient} yet
     */
    float[] output(int operator);
}
