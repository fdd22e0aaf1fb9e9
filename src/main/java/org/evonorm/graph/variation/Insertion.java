package org.evonorm.graph.variation;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.evonorm.graph.CanonicalForm;
import org.evonorm.graph.LayerGraph;
import org.evonorm.graph.Node;
import org.evonorm.graph.NodeDistribution;

/**
 * The mutation that inserts a node (not in the paper). A new node comes between a node and one of its readers, drawn
 * uniformly over the operands of all nodes and the output; one of the new node's inputs, drawn uniformly, is the node
 * that was read there.
 *
 * @param distribution the distribution that the new node is drawn from
 * @param mostNodes    largest number of intermediate nodes of a mutant, at least 1
 */
public record Insertion(NodeDistribution distribution, int mostNodes) {

    /**
     * A mutant, without the nodes that the output of {@code parent} does not depend on; empty if the others are
     * {@code mostNodes} already.
     */
    public Optional<LayerGraph> mutate(LayerGraph parent, RandomGenerator random) {
        LayerGraph graph = CanonicalForm.reduced(parent);
        if (graph.nodes().size() >= mostNodes) {
            return Optional.empty();
        }
        List<Operand> operands = Operand.of(graph);
        int place = random.nextInt(operands.size() + 1);
        return Optional.of(
                place < operands.size() ? atOperand(graph, operands.get(place), random) : atOutput(graph, random));
    }

    private LayerGraph atOperand(LayerGraph graph, Operand operand, RandomGenerator random) {
        int index = operand.node();
        int id = LayerGraph.INITIAL_NODES + index;
        List<Node> nodes = new ArrayList<>(graph.nodes().subList(0, index));
        nodes.add(reading(operand.source(graph), nodes, random));
        graph.nodes().stream()
                .skip(index)
                .map(node -> Operand.shifted(node, id, 1))
                .forEach(nodes::add);
        nodes.set(index + 1, Operand.withSource(nodes.get(index + 1), operand.position(), id));
        return new LayerGraph(nodes);
    }

    private LayerGraph atOutput(LayerGraph graph, RandomGenerator random) {
        List<Node> nodes = new ArrayList<>(graph.nodes());
        nodes.add(reading(graph.output(), graph.nodes(), random));
        return new LayerGraph(nodes);
    }

    private Node reading(int source, List<Node> earlier, RandomGenerator random) {
        Node drawn = distribution.draw(earlier, random);
        return Operand.withSource(drawn, random.nextInt(drawn.inputs().size()), source);
    }
}
