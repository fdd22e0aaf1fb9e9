package org.evonorm.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The mutation of layer graphs, by which evolution varies parents (paper, section 4): a uniformly drawn intermediate
 * node gets a new primitive, uniform over the primitives of the search space, and new inputs, uniform over the earlier nodes.
 * The number of nodes stays (docs/design.md, "Random graphs and mutation").
 */
public record Mutation(SearchSpace space) {

    /** Mutation in the paper's search space. */
    public Mutation(Family family) {
        this(SearchSpace.of(family));
    }

    /**
     * A mutant of {@code parent}; equal to the parent if the draw repeats the old node.
     *
     * @throws IllegalArgumentException if the parent has no intermediate node
     */
    public LayerGraph mutate(LayerGraph parent, RandomGenerator random) {
        if (parent.isIdentity()) {
            throw new IllegalArgumentException("the identity has no intermediate node to mutate");
        }
        int index = random.nextInt(parent.nodes().size());
        List<Node> nodes = new ArrayList<>(parent.nodes());
        nodes.set(index, RandomGraphs.randomNode(space, LayerGraph.INITIAL_NODES + index, random));
        return new LayerGraph(nodes);
    }
}
