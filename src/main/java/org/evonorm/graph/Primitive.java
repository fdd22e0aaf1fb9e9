package org.evonorm.graph;

import java.io.Serializable;

/**
 * A primitive: the function that an intermediate node computes from its inputs (paper, table 1; docs/design.md,
 * "Primitives").
 */
public sealed interface Primitive extends Serializable permits Elementwise, Aggregate {

    /** Number of inputs: 1 or 2. */
    int arity();

    /** The function name in formulas, for example {@code tanh} or {@code std_bwh}. */
    String symbol();
}
