package org.evonorm.graph.simplification;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.evonorm.graph.Elementwise;
import org.evonorm.graph.LayerGraph;
import org.evonorm.graph.Node;
import org.evonorm.graph.Primitive;

/** A graph that grows from its inputs upwards; every node that is added meets the rules first. */
final class GraphRewriter {

    private final List<Rule> rules;
    private final List<Node> nodes = new ArrayList<>();
    private final List<NodeFacts> facts = new ArrayList<>(NodeFacts.ofInitialNodes());
    private final Map<Node, Integer> ids = new HashMap<>();

    GraphRewriter(List<Rule> rules) {
        this.rules = rules;
    }

    /** The id of a node that computes what {@code node} computes; the ids of its inputs are of this graph. */
    int add(Node node) {
        for (Rule rule : rules) {
            OptionalInt replacement = rule.rewrite().apply(node, this);
            if (replacement.isPresent()) {
                return replacement.getAsInt();
            }
        }
        return intern(node);
    }

    int add(Primitive primitive, Integer... inputs) {
        return add(new Node(primitive, inputs));
    }

    boolean is(int id, Primitive primitive) {
        return id >= LayerGraph.INITIAL_NODES && node(id).primitive().equals(primitive);
    }

    Node node(int id) {
        return nodes.get(id - LayerGraph.INITIAL_NODES);
    }

    /** The only or first input of an intermediate node. */
    int input(int id) {
        return node(id).inputs().get(0);
    }

    /** The second input of an intermediate node. */
    int secondInput(int id) {
        return node(id).inputs().get(1);
    }

    NodeFacts facts(int id) {
        return facts.get(id);
    }

    /** The graph whose output is node {@code output}. */
    LayerGraph graph(int output) {
        if (output >= LayerGraph.INITIAL_NODES) {
            return new LayerGraph(nodes.subList(0, output - LayerGraph.INITIAL_NODES + 1));
        }
        if (output == LayerGraph.X) {
            return new LayerGraph(List.of());
        }
        // The output of a graph is an intermediate node or x: another initial node needs a node of its own.
        return new LayerGraph(List.of(new Node(Elementwise.ADD, LayerGraph.ZERO, output)));
    }

    private int intern(Node node) {
        Node ordered = ordered(node);
        return ids.computeIfAbsent(ordered, added -> {
            nodes.add(added);
            facts.add(NodeFacts.of(added, this::facts));
            return LayerGraph.INITIAL_NODES + nodes.size() - 1;
        });
    }

    private static Node ordered(Node node) {
        boolean commutes = node.primitive() == Elementwise.ADD || node.primitive() == Elementwise.MUL;
        return commutes && node.inputs().get(1) < node.inputs().get(0)
                ? new Node(node.primitive(), node.inputs().get(1), node.inputs().get(0))
                : node;
    }
}
