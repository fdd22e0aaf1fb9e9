package org.evonorm.engine;

/** One step of an optimizer, applied to stretches of the flat parameter vector that share a role. */
public interface UpdateRule {

    /**
     * Changes {@code weights[0..count)} and its state in place.
     *
     * @param momentum the rule's state, one value a parameter, zero before the first step
     * @param decayed  whether weight decay applies (convolution and dense weights)
     */
    void apply(float[] weights, float[] gradient, float[] momentum, int count, boolean decayed);
}
