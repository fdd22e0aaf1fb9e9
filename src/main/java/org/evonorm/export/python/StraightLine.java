package org.evonorm.export.python;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.evonorm.export.layer.Convention;
import org.evonorm.export.layer.RunningStatistic;
import org.evonorm.graph.Aggregate;
import org.evonorm.graph.CanonicalForm;
import org.evonorm.graph.IndexSet;
import org.evonorm.graph.Layer;
import org.evonorm.graph.Statistic;

/**
 * A layer graph as straight-line Python code: a list of assignments, each of which uses x, v0, v1, zero and earlier
 * names. Aggregates and shared or long subexpressions get names. Additions of 0 and multiplications by 1 are left out,
 * since they change neither values nor gradients. The value of an expression may have size 1 along dimensions in which
 * it does not vary.
 *
 * @param assignments       assignments in order
 * @param output            expression of the graph's output
 * @param isWhole           whether the output has the shape of the input; otherwise it must be broadcast
 * @param runningStatistics running statistics of the batch aggregates, in the order of the assignments
 * @param aggregates        aggregates that the expressions use
 * @param helpers           helper functions that the expressions call
 * @param leaves            initial nodes that the expressions use
 */
record StraightLine(
        List<Assignment> assignments,
        String output,
        boolean isWhole,
        List<RunningStatistic> runningStatistics,
        Set<Aggregate> aggregates,
        Set<Helper> helpers,
        Set<Integer> leaves) {

    /** The number 0 as an operand. */
    static final String ZERO = "0.0";

    /** An assignment {@code name = expression}. */
    record Assignment(String name, String expression) {}

    /** Helper functions for primitives that the functions of a framework do not define as docs/design.md does. */
    enum Helper {
        /** {@code max}. */
        LARGER,
        /** The divisor of {@code div}. */
        NONZERO,
        /** {@code abs}, where a framework's has another slope at 0. */
        ABSOLUTE,
        /** {@code log}. */
        SIGNED_LOG,
        /** {@code sqrt}. */
        SIGNED_SQRT;

        /** The name of the Python function. */
        String symbol() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The code of a layer's graph in a framework. */
    static StraightLine of(Layer layer, Dialect dialect, Convention convention) {
        return new StraightLineWriter(layer, CanonicalForm.reduced(layer.graph()), dialect, convention).write();
    }

    /** Whether an aggregate over this index set is used. */
    boolean uses(IndexSet over) {
        return aggregates.stream().anyMatch(aggregate -> aggregate.over() == over);
    }

    /** Whether this statistic over this index set is used. */
    boolean uses(Statistic statistic, IndexSet over) {
        return aggregates.contains(new Aggregate(statistic, over));
    }

    /** Whether an expression uses eps. */
    boolean usesEpsilon() {
        return assignments.stream().anyMatch(line -> line.expression.contains("eps")) || output.contains("eps");
    }
}
