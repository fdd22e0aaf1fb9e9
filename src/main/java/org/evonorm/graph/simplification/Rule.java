package org.evonorm.graph.simplification;

import java.util.OptionalInt;
import org.evonorm.graph.Node;

/**
 * A rule of the simplifier: an equation that holds for values, gradients and running statistics.
 *
 * @param equation the equation in words of formulas, by which messages and tests name the rule
 * @param rewrite  the rewriting from left to right
 */
record Rule(String equation, Rewrite rewrite) {

    /** The rewriting of a node whose inputs are simplified already. */
    @FunctionalInterface
    interface Rewrite {

        /** The id of the node that takes the place of {@code node}, or empty if the rule does not apply. */
        OptionalInt apply(Node node, GraphRewriter graph);
    }
}
