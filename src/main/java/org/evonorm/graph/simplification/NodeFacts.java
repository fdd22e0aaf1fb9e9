package org.evonorm.graph.simplification;

import java.util.EnumSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.IntFunction;
import org.evonorm.graph.Aggregate;
import org.evonorm.graph.Elementwise;
import org.evonorm.graph.ElementwiseReference;
import org.evonorm.graph.IndexSet;
import org.evonorm.graph.LayerGraph;
import org.evonorm.graph.Node;

/**
 * The facts that rules need about a node.
 *
 * @param varies   the dimensions over which the value may vary
 * @param sign     what is known of the value's sign
 * @param constant the value if it is the same for every input and parameter, else empty
 */
record NodeFacts(Set<Dimension> varies, Sign sign, OptionalDouble constant) {

    /** The dimensions of [B, H, W, C] as index sets divide them. */
    enum Dimension {
        BATCH,
        /** Height and width. */
        AREA,
        /** Channels of one group. */
        CHANNELS_OF_GROUP,
        GROUPS
    }

    /** What is known of a value's sign. NaN counts for every sign. */
    enum Sign {
        ANY,
        /** At least 0, with derivatives 0 where the value is 0, as a square; so abs changes no derivative either. */
        NOT_NEGATIVE,
        /** Above 0, as a standard deviation, which is at least sqrt(eps). */
        POSITIVE;

        private static Sign weaker(Sign a, Sign b) {
            return a.compareTo(b) < 0 ? a : b;
        }

        private static Sign stronger(Sign a, Sign b) {
            return a.compareTo(b) < 0 ? b : a;
        }
    }

    private static final Set<Dimension> CHANNELS = Set.of(Dimension.CHANNELS_OF_GROUP, Dimension.GROUPS);

    NodeFacts {
        varies = Set.copyOf(varies);
    }

    boolean isConstant(double value) {
        return constant.isPresent() && constant.getAsDouble() == value;
    }

    /** Whether the value is the same all over each index set. */
    boolean isConstantOver(IndexSet over) {
        return dimensions(over).stream().noneMatch(varies::contains);
    }

    static List<NodeFacts> ofInitialNodes() {
        NodeFacts vector = new NodeFacts(CHANNELS, Sign.ANY, OptionalDouble.empty());
        return List.of(
                new NodeFacts(EnumSet.allOf(Dimension.class), Sign.ANY, OptionalDouble.empty()),
                new NodeFacts(Set.of(), Sign.NOT_NEGATIVE, OptionalDouble.of(0)),
                vector,
                vector);
    }

    static NodeFacts of(Node node, IntFunction<NodeFacts> facts) {
        NodeFacts a = facts.apply(node.inputs().get(0));
        NodeFacts b = facts.apply(node.inputs().get(node.inputs().size() - 1));
        if (node.primitive() instanceof Aggregate aggregate) {
            return of(aggregate, a);
        }
        Elementwise primitive = (Elementwise) node.primitive();
        Set<Dimension> varies = EnumSet.noneOf(Dimension.class);
        varies.addAll(a.varies);
        varies.addAll(b.varies);
        OptionalDouble constant = a.constant.isPresent() && b.constant.isPresent()
                ? OptionalDouble.of(
                        ElementwiseReference.value(primitive, a.constant.getAsDouble(), b.constant.getAsDouble()))
                : OptionalDouble.empty();
        return new NodeFacts(varies, sign(primitive, a.sign, b.sign), constant);
    }

    private static NodeFacts of(Aggregate aggregate, NodeFacts a) {
        Set<Dimension> varies = EnumSet.noneOf(Dimension.class);
        varies.addAll(a.varies);
        varies.removeAll(dimensions(aggregate.over()));
        return switch (aggregate.statistic()) {
            case MEAN -> new NodeFacts(varies, Sign.weaker(a.sign, Sign.NOT_NEGATIVE), a.constant);
            case RMS ->
                root(varies, a.constant.stream().map(value -> value * value).findFirst());
            case STD -> root(varies, a.constant.stream().map(value -> 0).findFirst());
        };
    }

    private static NodeFacts root(Set<Dimension> varies, OptionalDouble moment) {
        OptionalDouble root = moment.stream()
                .map(value -> Math.sqrt(value + LayerGraph.EPSILON))
                .findFirst();
        return new NodeFacts(varies, Sign.POSITIVE, root);
    }

    private static Sign sign(Elementwise primitive, Sign a, Sign b) {
        return switch (primitive) {
            // Exponentials and sigmoids underflow to 0, with their derivatives.
            case SQUARE, ABS, EXP, SIGMOID -> Sign.NOT_NEGATIVE;
            case ADD -> a == Sign.ANY || b == Sign.ANY ? Sign.ANY : Sign.stronger(a, b);
            // Products, quotients and roots of positive numbers may underflow.
            case MUL, DIV -> a == Sign.ANY || b == Sign.ANY ? Sign.ANY : Sign.NOT_NEGATIVE;
            case TANH, SQRT, ERF -> Sign.weaker(a, Sign.NOT_NEGATIVE);
            case MAX -> a == Sign.POSITIVE || b == Sign.POSITIVE ? Sign.POSITIVE : Sign.weaker(a, b);
            case NEG, LOG -> Sign.ANY;
        };
    }

    /** The dimensions over which an aggregate of this index set aggregates. */
    static Set<Dimension> dimensions(IndexSet over) {
        return switch (over) {
            case BWH -> Set.of(Dimension.BATCH, Dimension.AREA);
            case WH -> Set.of(Dimension.AREA);
            case WHC -> Set.of(Dimension.AREA, Dimension.CHANNELS_OF_GROUP, Dimension.GROUPS);
            case WHCG -> Set.of(Dimension.AREA, Dimension.CHANNELS_OF_GROUP);
            case C -> CHANNELS;
        };
    }
}
