package org.evonorm.network;

import java.io.Serializable;
import java.util.List;

/**
 * An anchor network as an engine-independent specification: operators in topological order, the last of which gives the
 * logits (1 × 1 × classes). It holds for any image size; {@link #shapes} gives the activations' shapes for one.
 */
public record Network(String name, List<Operator> operators) implements Serializable {

    /** Channels of the images that every network takes. */
    public static final int IMAGE_CHANNELS = 3;

    public Network {
        operators = List.copyOf(operators);
    }

    /** Output shapes of all operators for images of this height and width with three channels. */
    public List<Shape> shapes(int height, int width) {
        return ShapeInference.of(operators, new Shape(height, width, IMAGE_CHANNELS));
    }

    /** Number of logits. */
    public int classes() {
        return ((Operator.Dense) operators.get(operators.size() - 1)).units();
    }
}
