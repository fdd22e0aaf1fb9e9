package org.evonorm.graph;

import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The paper's distribution of nodes: the primitive is uniform over the primitives of the search space, and each input
 * is uniform over all earlier nodes, the initial nodes of the space included.
 */
public record UniformNodes(SearchSpace space) implements NodeDistribution {

    @Override
    public Node draw(List<Node> earlier, RandomGenerator random) {
        List<Primitive> primitives = space.primitives();
        Primitive primitive = primitives.get(random.nextInt(primitives.size()));
        int inputs = space.inputs(LayerGraph.INITIAL_NODES + earlier.size());
        int first = space.input(random.nextInt(inputs));
        return primitive.arity() == 1
                ? new Node(primitive, first)
                : new Node(primitive, first, space.input(random.nextInt(inputs)));
    }
}
