package org.evonorm.graph;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A primitive: the function that an intermediate node computes from its inputs (paper, table 1; docs/design.md,
 * "Primitives").
 */
public sealed interface Primitive extends Serializable permits Elementwise, Aggregate {

    /** Number of inputs: 1 or 2. */
    int arity();

    /** The function name in formulas, for example {@code tanh} or {@code std_bwh}. */
    String symbol();

    /** Whether the primitive is in the paper's set, from which a search draws unless its settings say otherwise. */
    boolean isInPaper();

    /** All primitives: the elementwise ones, then every statistic over every index set. */
    static List<Primitive> all() {
        List<Primitive> all = new ArrayList<>(Arrays.asList(Elementwise.values()));
        for (Statistic statistic : Statistic.values()) {
            for (IndexSet indexSet : IndexSet.values()) {
                all.add(new Aggregate(statistic, indexSet));
            }
        }
        return List.copyOf(all);
    }
}
