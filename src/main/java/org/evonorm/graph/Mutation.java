package org.evonorm.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The paper's mutation of layer graphs, by which evolution varies parents (paper, section 4): a uniformly drawn
 * intermediate node is replaced by a new one. The number of nodes stays (docs/design.md, "Random graphs and mutation").
 *
 * @param distribution the distribution that the new node is drawn from
 */
public record Mutation(NodeDistribution distribution) {

    /** The paper's mutation in the paper's search space. */
    public Mutation(Family family) {
        this(SearchSpace.of(family));
    }

    /** The paper's mutation in a search space. */
    public Mutation(SearchSpace space) {
        this(new UniformNodes(space));
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
        nodes.set(index, distribution.draw(parent.nodes().subList(0, index), random));
        return new LayerGraph(nodes);
    }
}
