package org.evonorm.graph.simplification;

import static org.evonorm.graph.Elementwise.ABS;
import static org.evonorm.graph.Elementwise.ADD;
import static org.evonorm.graph.Elementwise.DIV;
import static org.evonorm.graph.Elementwise.ERF;
import static org.evonorm.graph.Elementwise.EXP;
import static org.evonorm.graph.Elementwise.LOG;
import static org.evonorm.graph.Elementwise.MAX;
import static org.evonorm.graph.Elementwise.MUL;
import static org.evonorm.graph.Elementwise.NEG;
import static org.evonorm.graph.Elementwise.SIGMOID;
import static org.evonorm.graph.Elementwise.SQRT;
import static org.evonorm.graph.Elementwise.SQUARE;
import static org.evonorm.graph.Elementwise.TANH;

import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.evonorm.graph.Aggregate;
import org.evonorm.graph.Elementwise;
import org.evonorm.graph.IndexSet;
import org.evonorm.graph.LayerGraph;
import org.evonorm.graph.Node;
import org.evonorm.graph.Statistic;
import org.evonorm.graph.simplification.NodeFacts.Sign;

/**
 * The rules of the simplifier, in the order in which a node meets them.
 *
 * <p>An equation that fails for NaN, an infinity or a zero is no rule: 0 · a is NaN for an infinite a, and a / −b has
 * another sign than −(a / b) at b = 0, where eps is added to either divisor. Nor is an equation that fails for running
 * statistics: mean_bwh(v0) is the average of former values of v0 in evaluation mode. Nor is an equation that a rounding
 * can turn around: the standard deviation of equal numbers.
 */
final class Rules {

    /** Primitives f with f(−a) = −f(a). */
    private static final Set<Elementwise> ODD = Set.of(TANH, SQRT, LOG, ERF);

    private static final Set<Elementwise> EVEN = Set.of(SQUARE, ABS);

    static final List<Rule> ALL = List.of(
            new Rule("constants that are equal are the shortest of them", Rules::constant),
            new Rule("a + 0 = a", Rules::sumWithZero),
            new Rule("1 · a = a", Rules::productWithOne),
            new Rule("−(−a) = a", Rules::doubleNegation),
            new Rule("−(a − b) = b − a", Rules::negatedDifference),
            new Rule("−a − b = −(a + b)", Rules::sumOfNegations),
            new Rule("−a · −b = a · b", Rules::productOfNegations),
            new Rule("−(−a · b) = a · b", Rules::negatedProduct),
            new Rule("−(−a / b) = a / b", Rules::negatedQuotient),
            new Rule("−f(−a) = f(a) for odd f", Rules::negatedOddFunction),
            new Rule("f(−a) = f(a) for even f", Rules::evenFunctionOfNegation),
            new Rule("square(abs(a)) = square(a)", Rules::squareOfMagnitude),
            new Rule("abs(a) = a for a that is not negative", Rules::magnitudeOfNotNegative),
            new Rule("a · a = square(a)", Rules::productWithItself),
            new Rule("max(a, a) = a", Rules::maximumOfEqual),
            new Rule("max(a, 0) = a for a that is not negative", Rules::maximumWithZero),
            new Rule("max(a, max(a, b)) = max(a, b)", Rules::maximumWithFirstOfMaximum),
            new Rule("max(b, max(a, b)) = max(b, a)", Rules::maximumWithSecondOfMaximum),
            new Rule("max(max(a, b), a) = max(max(a, b), b) = max(a, b)", Rules::maximumOfMaximumAndItsOperand),
            new Rule("rms(−a) = rms(a), std(−a) = std(a), rms(abs(a)) = rms(a)", Rules::deviationOfNegation),
            new Rule("mean(a) = a for a that is constant there", Rules::meanOfConstant),
            new Rule("mean(mean(a)) = mean(a) over the larger index set", Rules::meanOfMean),
            new Rule("rms(a) over the smallest index set that a varies over", Rules::smallestIndexSet));

    private Rules() {}

    private static OptionalInt constant(Node node, GraphRewriter graph) {
        NodeFacts facts = NodeFacts.of(node, graph::facts);
        if (facts.constant().isEmpty()) {
            return OptionalInt.empty();
        }
        if (facts.isConstant(0)) {
            return OptionalInt.of(LayerGraph.ZERO);
        }
        for (Node shortest : List.of(
                new Node(EXP, LayerGraph.ZERO),
                new Node(SIGMOID, LayerGraph.ZERO),
                new Node(new Aggregate(Statistic.RMS, IndexSet.WH), LayerGraph.ZERO))) {
            double value = NodeFacts.of(shortest, graph::facts).constant().orElseThrow();
            if (facts.isConstant(value) && !node.equals(shortest)) {
                return OptionalInt.of(graph.add(shortest));
            }
        }
        return OptionalInt.empty();
    }

    private static OptionalInt sumWithZero(Node node, GraphRewriter graph) {
        return otherThanConstant(ADD, 0, node, graph);
    }

    private static OptionalInt productWithOne(Node node, GraphRewriter graph) {
        return otherThanConstant(MUL, 1, node, graph);
    }

    private static OptionalInt otherThanConstant(
            Elementwise primitive, double constant, Node node, GraphRewriter graph) {
        if (node.primitive() != primitive) {
            return OptionalInt.empty();
        }
        if (graph.facts(first(node)).isConstant(constant)) {
            return OptionalInt.of(second(node));
        }
        return when(graph.facts(second(node)).isConstant(constant), first(node));
    }

    private static OptionalInt doubleNegation(Node node, GraphRewriter graph) {
        return node.primitive() == NEG && graph.is(first(node), NEG)
                ? OptionalInt.of(graph.input(first(node)))
                : OptionalInt.empty();
    }

    private static OptionalInt negatedDifference(Node node, GraphRewriter graph) {
        if (node.primitive() != NEG || !graph.is(first(node), ADD)) {
            return OptionalInt.empty();
        }
        int a = graph.input(first(node));
        int b = graph.secondInput(first(node));
        if (graph.is(b, NEG)) {
            return OptionalInt.of(graph.add(ADD, graph.input(b), graph.add(NEG, a)));
        }
        return graph.is(a, NEG)
                ? OptionalInt.of(graph.add(ADD, graph.input(a), graph.add(NEG, b)))
                : OptionalInt.empty();
    }

    private static OptionalInt sumOfNegations(Node node, GraphRewriter graph) {
        return node.primitive() == ADD && graph.is(first(node), NEG) && graph.is(second(node), NEG)
                ? OptionalInt.of(graph.add(NEG, graph.add(ADD, graph.input(first(node)), graph.input(second(node)))))
                : OptionalInt.empty();
    }

    private static OptionalInt productOfNegations(Node node, GraphRewriter graph) {
        return node.primitive() == MUL && graph.is(first(node), NEG) && graph.is(second(node), NEG)
                ? OptionalInt.of(graph.add(MUL, graph.input(first(node)), graph.input(second(node))))
                : OptionalInt.empty();
    }

    private static OptionalInt negatedProduct(Node node, GraphRewriter graph) {
        if (node.primitive() != NEG || !graph.is(first(node), MUL)) {
            return OptionalInt.empty();
        }
        int a = graph.input(first(node));
        int b = graph.secondInput(first(node));
        if (graph.is(a, NEG)) {
            return OptionalInt.of(graph.add(MUL, graph.input(a), b));
        }
        return graph.is(b, NEG) ? OptionalInt.of(graph.add(MUL, a, graph.input(b))) : OptionalInt.empty();
    }

    private static OptionalInt negatedQuotient(Node node, GraphRewriter graph) {
        if (node.primitive() != NEG || !graph.is(first(node), DIV)) {
            return OptionalInt.empty();
        }
        int dividend = graph.input(first(node));
        return graph.is(dividend, NEG)
                ? OptionalInt.of(graph.add(DIV, graph.input(dividend), graph.secondInput(first(node))))
                : OptionalInt.empty();
    }

    private static OptionalInt negatedOddFunction(Node node, GraphRewriter graph) {
        if (node.primitive() != NEG || first(node) < LayerGraph.INITIAL_NODES) {
            return OptionalInt.empty();
        }
        Node function = graph.node(first(node));
        boolean odd = ODD.contains(function.primitive()) || isStatistic(function, Statistic.MEAN);
        return odd && graph.is(first(function), NEG)
                ? OptionalInt.of(graph.add(function.primitive(), graph.input(first(function))))
                : OptionalInt.empty();
    }

    private static OptionalInt evenFunctionOfNegation(Node node, GraphRewriter graph) {
        return EVEN.contains(node.primitive()) && graph.is(first(node), NEG)
                ? OptionalInt.of(graph.add(node.primitive(), graph.input(first(node))))
                : OptionalInt.empty();
    }

    private static OptionalInt squareOfMagnitude(Node node, GraphRewriter graph) {
        return node.primitive() == SQUARE && graph.is(first(node), ABS)
                ? OptionalInt.of(graph.add(SQUARE, graph.input(first(node))))
                : OptionalInt.empty();
    }

    private static OptionalInt magnitudeOfNotNegative(Node node, GraphRewriter graph) {
        return when(node.primitive() == ABS && isNotNegative(first(node), graph), first(node));
    }

    private static OptionalInt productWithItself(Node node, GraphRewriter graph) {
        return node.primitive() == MUL && first(node) == second(node)
                ? OptionalInt.of(graph.add(SQUARE, first(node)))
                : OptionalInt.empty();
    }

    private static OptionalInt maximumOfEqual(Node node, GraphRewriter graph) {
        return when(node.primitive() == MAX && first(node) == second(node), first(node));
    }

    private static OptionalInt maximumWithZero(Node node, GraphRewriter graph) {
        if (node.primitive() != MAX) {
            return OptionalInt.empty();
        }
        if (second(node) == LayerGraph.ZERO && isNotNegative(first(node), graph)) {
            return OptionalInt.of(first(node));
        }
        return when(first(node) == LayerGraph.ZERO && isNotNegative(second(node), graph), second(node));
    }

    private static OptionalInt maximumWithFirstOfMaximum(Node node, GraphRewriter graph) {
        return node.primitive() == MAX && graph.is(second(node), MAX) && graph.input(second(node)) == first(node)
                ? OptionalInt.of(second(node))
                : OptionalInt.empty();
    }

    private static OptionalInt maximumWithSecondOfMaximum(Node node, GraphRewriter graph) {
        return node.primitive() == MAX && graph.is(second(node), MAX) && graph.secondInput(second(node)) == first(node)
                ? OptionalInt.of(graph.add(MAX, first(node), graph.input(second(node))))
                : OptionalInt.empty();
    }

    private static OptionalInt maximumOfMaximumAndItsOperand(Node node, GraphRewriter graph) {
        return when(
                node.primitive() == MAX
                        && graph.is(first(node), MAX)
                        && graph.node(first(node)).inputs().contains(second(node)),
                first(node));
    }

    private static OptionalInt deviationOfNegation(Node node, GraphRewriter graph) {
        boolean rms = isStatistic(node, Statistic.RMS);
        boolean std = isStatistic(node, Statistic.STD);
        return ((rms || std) && graph.is(first(node), NEG)) || (rms && graph.is(first(node), ABS))
                ? OptionalInt.of(graph.add(node.primitive(), graph.input(first(node))))
                : OptionalInt.empty();
    }

    private static OptionalInt meanOfConstant(Node node, GraphRewriter graph) {
        return when(
                node.primitive() instanceof Aggregate aggregate
                        && aggregate.statistic() == Statistic.MEAN
                        && aggregate.over() != IndexSet.BWH
                        && graph.facts(first(node)).isConstantOver(aggregate.over()),
                first(node));
    }

    private static OptionalInt meanOfMean(Node node, GraphRewriter graph) {
        if (node.primitive() instanceof Aggregate outer
                && outer.statistic() == Statistic.MEAN
                && first(node) >= LayerGraph.INITIAL_NODES
                && graph.node(first(node)).primitive() instanceof Aggregate inner
                && inner.statistic() == Statistic.MEAN
                && NodeFacts.dimensions(outer.over()).containsAll(NodeFacts.dimensions(inner.over()))) {
            return OptionalInt.of(graph.add(outer, graph.input(first(node))));
        }
        return OptionalInt.empty();
    }

    private static OptionalInt smallestIndexSet(Node node, GraphRewriter graph) {
        if (!(node.primitive() instanceof Aggregate aggregate)
                || aggregate.statistic() != Statistic.RMS
                || aggregate.over() == IndexSet.BWH) {
            return OptionalInt.empty();
        }
        for (IndexSet smaller : List.of(IndexSet.WH, IndexSet.WHCG)) {
            if (!NodeFacts.dimensions(aggregate.over()).containsAll(NodeFacts.dimensions(smaller))
                    || aggregate.over() == smaller) {
                continue;
            }
            NodeFacts facts = graph.facts(first(node));
            boolean same = NodeFacts.dimensions(aggregate.over()).stream()
                    .filter(dimension -> !NodeFacts.dimensions(smaller).contains(dimension))
                    .noneMatch(facts.varies()::contains);
            if (same) {
                return OptionalInt.of(graph.add(new Aggregate(Statistic.RMS, smaller), first(node)));
            }
        }
        return OptionalInt.empty();
    }

    private static boolean isStatistic(Node node, Statistic statistic) {
        return node.primitive() instanceof Aggregate aggregate && aggregate.statistic() == statistic;
    }

    private static boolean isNotNegative(int id, GraphRewriter graph) {
        return graph.facts(id).sign() != Sign.ANY;
    }

    private static OptionalInt when(boolean applies, int replacement) {
        return applies ? OptionalInt.of(replacement) : OptionalInt.empty();
    }

    private static int first(Node node) {
        return node.inputs().get(0);
    }

    private static int second(Node node) {
        return node.inputs().get(1);
    }
}
