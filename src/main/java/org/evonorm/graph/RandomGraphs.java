package org.evonorm.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Random layer graphs, with which a search starts and which reproduction mixes in (paper, section 4). Graphs are drawn
 * node by node: the primitive uniformly from the primitives of the search space, the inputs uniformly from all earlier
 * nodes, initial nodes included (docs/design.md, "Random graphs and mutation").
 *
 * @param nodes number of intermediate nodes of every graph, at least 1
 */
public record RandomGraphs(SearchSpace space, int nodes) {

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
            drawn.add(randomNode(space, LayerGraph.INITIAL_NODES + i, random));
        }
        return new LayerGraph(drawn);
    }

    /** A node with a random primitive of {@code space} and random inputs from the ids below {@code id}. */
    static Node randomNode(SearchSpace space, int id, RandomGenerator random) {
        List<Primitive> primitives = space.primitives();
        Primitive primitive = primitives.get(random.nextInt(primitives.size()));
        int inputs = space.inputs(id);
        int first = space.input(random.nextInt(inputs));
        return primitive.arity() == 1
                ? new Node(primitive, first)
                : new Node(primitive, first, space.input(random.nextInt(inputs)));
    }
}
