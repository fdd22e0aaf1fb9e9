package org.evonorm.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Mutation of layer graphs (paper, section 4): an intermediate node is picked uniformly and gets a new primitive,
 * uniform over the family's, and new inputs, uniform among the nodes before it. The graph keeps its number of nodes.
 */
public record Mutation(Family family) {

    /**
     * The mutant of {@code parent}; it equals its parent where the draw repeats what stood there.
     *
     * @throws IllegalArgumentException if the parent has no intermediate node
     */
    public LayerGraph mutate(LayerGraph parent, RandomGenerator random) {
        if (parent.isIdentity()) {
            throw new IllegalArgumentException("the identity has no intermediate node to mutate");
        }
        int index = random.nextInt(parent.nodes().size());
        List<Node> nodes = new ArrayList<>(parent.nodes());
        nodes.set(index, RandomGraphs.randomNode(family, LayerGraph.INITIAL_NODES + index, random));
        return new LayerGraph(nodes);
    }
}
