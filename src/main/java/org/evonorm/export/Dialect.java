package org.evonorm.export;

import org.evonorm.graph.Aggregate;
import org.evonorm.graph.Elementwise;

/** How a framework writes what layers are made of. Operands are names or expressions. */
interface Dialect {

    /** The function of one operand that computes a primitive, for example {@code torch.tanh}. */
    String function(Elementwise primitive);

    /**
     * The aggregate of an operand, such that it broadcasts against the input.
     *
     * @param average the name of the running statistic that a batch aggregate has; empty for others
     */
    String aggregate(Aggregate aggregate, String operand, String average);

    /** The operand with all channels, where it may have one value for all of them. */
    String withAllChannels(String operand);
}
