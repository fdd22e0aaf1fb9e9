package org.evonorm.engine;

/**
 * One step of an optimizer. Engines apply it to ranges of the flat parameter vector whose parameters share a role, so
 * that weight decay applies to a whole range or not at all.
 */
public interface UpdateRule {

    /**
     * Changes {@code weights[0..count)} and {@code momentum[0..count)} in place.
     *
     * @param gradient derivative of the loss with respect to the weights
     * @param momentum state of the rule, one value per weight, zero before the first step
     * @param count    number of weights; arrays may be longer
     * @param decayed  whether weight decay applies (to convolution and dense weights)
     */
    void apply(float[] weights, float[] gradient, float[] momentum, int count, boolean decayed);
}
