package org.evonorm.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Random layer graphs, with which a search starts and which reproduction mixes in (paper, section 4). Graphs are drawn
 * node by node (docs/design.md, "Random graphs and mutation").
 *
 * @param distribution the distribution that nodes are drawn from
 * @param nodes        number of intermediate nodes of every graph, at least 1
 */
public record RandomGraphs(NodeDistribution distribution, int nodes) {

    /** Random graphs whose nodes are drawn uniformly from a search space. */
    public RandomGraphs(SearchSpace space, int nodes) {
        this(new UniformNodes(space), nodes);
    }

    /** Random graphs of the paper's search space. */
    public RandomGraphs(Family family, int nodes) {
        this(SearchSpace.of(family), nodes);
    }

    public RandomGraphs {
        if (nodes < 1) {
            throw new IllegalArgumentException("a random graph needs at least 1 intermediate node, not " + nodes);
        }
    }

    /** A new random graph. */
    public LayerGraph next(RandomGenerator random) {
        List<Node> drawn = new ArrayList<>(nodes);
        for (int i = 0; i < nodes; i++) {
            drawn.add(distribution.draw(drawn, random));
        }
        return new LayerGraph(drawn);
    }
}
