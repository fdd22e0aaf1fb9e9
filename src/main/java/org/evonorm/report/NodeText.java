package org.evonorm.report;

import java.util.List;
import java.util.stream.Collectors;
import org.evonorm.graph.Aggregate;
import org.evonorm.graph.Elementwise;
import org.evonorm.graph.LayerGraph;
import org.evonorm.graph.Node;

/** The short texts of nodes. */
final class NodeText {

    private static final List<String> INITIAL_NODES = List.of("x", "0", "v0", "v1");

    private NodeText() {}

    /** The name of an initial node, or else {@code #} and the id. */
    static String name(int id) {
        return id < LayerGraph.INITIAL_NODES ? INITIAL_NODES.get(id) : "#" + id;
    }

    /** The node with its inputs, such as {@code mul(#4, x)}. */
    static String call(Node node) {
        return node.inputs().stream()
                .map(NodeText::name)
                .collect(Collectors.joining(", ", node.primitive().symbol() + "(", ")"));
    }

    /** The primitive alone, for a drawn graph. */
    static String symbol(Node node) {
        if (node.primitive() instanceof Aggregate aggregate) {
            return aggregate.statistic().symbol() + " " + aggregate.over().symbol();
        }
        return switch ((Elementwise) node.primitive()) {
            case ADD -> "+";
            case MUL -> "×";
            case DIV -> "÷";
            case NEG -> "−";
            case SQUARE -> "square";
            case SQRT -> "√";
            case ABS -> "| |";
            default -> node.primitive().symbol();
        };
    }
}
