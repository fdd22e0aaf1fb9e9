package org.evonorm.graph.variation;

import java.util.ArrayList;
import java.util.List;
import org.evonorm.graph.LayerGraph;
import org.evonorm.graph.Node;

/**
 * An operand of a graph: the place where one node reads another. Crossover and insertion put something new there.
 *
 * @param node     index of the intermediate node that reads, from 0
 * @param position position among the inputs of this node, from 0
 */
record Operand(int node, int position) {

    /** All operands of the nodes of {@code graph}, in order. */
    static List<Operand> of(LayerGraph graph) {
        List<Operand> operands = new ArrayList<>();
        for (int node = 0; node < graph.nodes().size(); node++) {
            for (int position = 0; position < graph.nodes().get(node).inputs().size(); position++) {
                operands.add(new Operand(node, position));
            }
        }
        return operands;
    }

    /** The id of the node that {@code graph} reads here. */
    int source(LayerGraph graph) {
        return graph.nodes().get(node).inputs().get(position);
    }

    /** The node {@code reader} with another source at {@code position}. */
    static Node withSource(Node reader, int position, int source) {
        List<Integer> inputs = new ArrayList<>(reader.inputs());
        inputs.set(position, source);
        return new Node(reader.primitive(), inputs);
    }

    /** The nodes of a graph, behind {@code offset} further nodes: ids of intermediate nodes grow by as much. */
    static List<Node> shifted(List<Node> nodes, int offset) {
        return nodes.stream()
                .map(node -> shifted(node, LayerGraph.INITIAL_NODES, offset))
                .toList();
    }

    /** The node with all inputs from id {@code first} on raised by {@code offset}. */
    static Node shifted(Node node, int first, int offset) {
        return new Node(
                node.primitive(),
                node.inputs().stream()
                        .map(input -> input < first ? input : input + offset)
                        .toList());
    }
}
