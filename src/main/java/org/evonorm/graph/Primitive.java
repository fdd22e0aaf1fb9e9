package org.evonorm.graph;

import java.io.Serializable;

/** What an intermediate node of a layer graph computes from its inputs. */
public sealed interface Primitive extends Serializable permits Elementwise, Aggregate {

    /** Number of inputs: 1 or 2. */
    int arity();

    /** The function name in formulas, for example {@code tanh} or {@code std_bwh}. */
    String symbol();
}
