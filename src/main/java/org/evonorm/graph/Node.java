package org.evonorm.graph;

import java.io.Serializable;
import java.util.List;

/**
 * An intermediate node of a layer graph: a primitive and its inputs. A node has no id of its own; its position in the
 * graph gives the id.
 *
 * @param inputs ids of earlier nodes, as many as the primitive's arity; ids 0 to 3 are the initial nodes. The
 *               constructor throws IllegalArgumentException if the number differs
 */
public record Node(Primitive primitive, List<Integer> inputs) implements Serializable {

    public Node {
        inputs = List.copyOf(inputs);
        if (inputs.size() != primitive.arity()) {
            throw new IllegalArgumentException(
                    primitive.symbol() + " takes " + primitive.arity() + " inputs, not " + inputs.size());
        }
    }

    public Node(Primitive primitive, Integer... inputs) {
        this(primitive, List.of(inputs));
    }
}
