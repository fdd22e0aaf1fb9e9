package org.evonorm.graph;

import java.io.Serializable;
import java.util.List;
import java.util.random.RandomGenerator;

/** The distribution from which random graphs and mutations draw nodes. */
public interface NodeDistribution extends Serializable {

    /**
     * A node to follow {@code earlier}.
     *
     * @param earlier the intermediate nodes before it; these and the initial nodes may be its inputs
     */
    Node draw(List<Node> earlier, RandomGenerator random);
}
