package org.evonorm.graph.variation;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.evonorm.graph.CanonicalForm;
import org.evonorm.graph.LayerGraph;
import org.evonorm.graph.Node;

/**
 * The mutation that removes a node (not in the paper). The readers of a uniformly drawn intermediate node read one of
 * its inputs instead, drawn uniformly; in place of the output comes one of its intermediate inputs.
 */
public final class Removal {

    private Removal() {}

    /**
     * A mutant, without the nodes that its output does not depend on; empty if the output of {@code parent} depends
     * on fewer than two intermediate nodes.
     */
    public static Optional<LayerGraph> mutate(LayerGraph parent, RandomGenerator random) {
        LayerGraph graph = CanonicalForm.reduced(parent);
        if (graph.nodes().size() < 2) {
            return Optional.empty();
        }
        int removed = LayerGraph.INITIAL_NODES + random.nextInt(graph.nodes().size());
        List<Integer> inputs = graph.node(removed).inputs();
        if (removed == graph.output()) {
            // In a reduced graph of several nodes the output reads one of the others.
            List<Integer> intermediate = inputs.stream()
                    .filter(input -> input >= LayerGraph.INITIAL_NODES)
                    .toList();
            int output = intermediate.get(random.nextInt(intermediate.size()));
            return Optional.of(CanonicalForm.reduced(
                    new LayerGraph(graph.nodes().subList(0, output - LayerGraph.INITIAL_NODES + 1))));
        }
        int instead = inputs.get(random.nextInt(inputs.size()));
        List<Node> nodes = new ArrayList<>(graph.nodes());
        nodes.replaceAll(node -> new Node(
                node.primitive(),
                node.inputs().stream()
                        .map(input -> input == removed ? instead : input)
                        .toList()));
        return Optional.of(CanonicalForm.reduced(new LayerGraph(nodes)));
    }
}
