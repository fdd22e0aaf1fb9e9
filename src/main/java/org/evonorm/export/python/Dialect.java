package org.evonorm.export.python;

import java.util.Optional;
import org.evonorm.graph.Aggregate;
import org.evonorm.graph.Elementwise;

/** The Python code of a framework for the primitives of layers. Operands are names or expressions. */
interface Dialect {

    /** The function of one operand that computes a primitive, for example {@code torch.tanh}. */
    String function(Elementwise primitive);

    /**
     * The larger of a tensor and a number, where the framework has a function that keeps NaN and sends the gradient of
     * a tie to the first of the two; empty where the helper {@code larger} computes it.
     */
    default Optional<String> largerOfNumber(String tensor, String number, boolean numberIsFirst) {
        return Optional.empty();
    }

    /** Whether the framework's {@code abs} has the slope 0 at 0, as docs/design.md defines it. */
    default boolean absIsFlatAtZero() {
        return false;
    }

    /**
     * The aggregate of an operand, in a shape that broadcasts against the input.
     *
     * @param runningStatistic name of the running statistic of a batch aggregate; empty for other aggregates
     */
    String aggregate(Aggregate aggregate, String operand, String runningStatistic);

    /** The operand at full size along the channels, where it may have size 1. */
    String withAllChannels(String operand);
}
