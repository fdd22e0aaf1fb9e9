package org.evonorm.graph;

import java.io.Serializable;
import java.util.List;

/**
 * A layer graph: a tensor-to-tensor computation graph in topological order, the thing that evolves (paper, section
 * 3.1). Nodes 0 to 3 are initial ({@link #X}, {@link #ZERO}, {@link #V0}, {@link #V1}); intermediate nodes follow, and
 * the last node is the output. Every node has the shape [B, H, W, C] of the input. A graph without intermediate nodes
 * is the identity.
 *
 * @param nodes the intermediate nodes; the constructor throws IllegalArgumentException if one reads itself or a later
 *              node
 */
public record LayerGraph(List<Node> nodes) implements Serializable {

    /** The input x, [B, H, W, C]. */
    public static final int X = 0;
    /** The constant zero. */
    public static final int ZERO = 1;
    /** The trainable vector v0, one value per channel, which starts at 0. */
    public static final int V0 = 2;
    /** The trainable vector v1, one value per channel, which starts at 1. */
    public static final int V1 = 3;
    /** Number of initial nodes, and id of the first intermediate node. */
    public static final int INITIAL_NODES = 4;
    /** The constant eps, which keeps divisions, logarithms and roots finite (docs/design.md, "Primitives"). */
    public static final double EPSILON = 1e-5;

    public LayerGraph {
        nodes = List.copyOf(nodes);
        for (int i = 0; i < nodes.size(); i++) {
            for (int input : nodes.get(i).inputs()) {
                if (input < 0 || input >= INITIAL_NODES + i) {
                    throw new IllegalArgumentException(
                            "node " + (INITIAL_NODES + i) + " reads node " + input + ", which does not come before it");
                }
            }
        }
    }

    /** The id of the output: the last intermediate node, or {@link #X} if the graph is the identity. */
    public int output() {
        return nodes.isEmpty() ? X : INITIAL_NODES + nodes.size() - 1;
    }

    /** The intermediate node with this id, which is at least {@link #INITIAL_NODES}. */
    public Node node(int id) {
        return nodes.get(id - INITIAL_NODES);
    }

    /** Whether the output is the input itself. */
    public boolean isIdentity() {
        return nodes.isEmpty();
    }
}
