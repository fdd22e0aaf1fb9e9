package org.evonorm.network;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * An anchor network as an engine-independent specification, from which every engine builds its model. The
 * specification holds for any image size; {@link #shapes} gives the shapes of activations for one image size.
 *
 * @param operators in topological order; the last operator is dense and gives the logits, 1 × 1 × classes
 */
public record Network(String name, List<Operator> operators) implements Serializable {

    /** The side of the largest images that are tried to name some that fit. */
    private static final int LARGEST_SIDE = 512;

    /** Channels of input images, in every network. */
    public static final int IMAGE_CHANNELS = 3;

    public Network {
        operators = List.copyOf(operators);
    }

    /**
     * The output shapes of all operators, for images of this height and width with three channels.
     *
     * @throws MisfitException if operators do not fit together; the first that does not is named
     */
    public List<Shape> shapes(int height, int width) {
        return ShapeInference.of(operators, new Shape(height, width, IMAGE_CHANNELS));
    }

    /**
     * Refuses square images that the network cannot take.
     *
     * @throws IllegalArgumentException if the images are too small; the message names the network, and the smallest
     *     images that it takes
     */
    public void requireSide(int side) {
        try {
            shapes(side, side);
        } catch (MisfitException e) {
            throw new IllegalArgumentException(
                    "the network " + name + " takes no images of " + side + "×" + side + " pixels (" + e.getMessage()
                            + ")" + nextSide(side),
                    e);
        }
    }

    private String nextSide(int tooSmall) {
        return IntStream.rangeClosed(tooSmall + 1, LARGEST_SIDE)
                .filter(this::takes)
                .mapToObj(side -> "; the next larger ones that it takes are " + side + "×" + side)
                .findFirst()
                .orElse("");
    }

    private boolean takes(int side) {
        try {
            shapes(side, side);
            return true;
        } catch (MisfitException e) {
            return false;
        }
    }

    /**
     * The network with a last dense layer for another number of classes.
     *
     * @param classes number of logits, at least 2
     * @throws IllegalArgumentException for fewer classes
     */
    public Network withClasses(int classes) {
        requireClasses(name, classes);
        List<Operator> renewed = new ArrayList<>(operators);
        int last = renewed.size() - 1;
        renewed.set(last, new Operator.Dense(((Operator.Dense) renewed.get(last)).input(), classes));
        return new Network(name, renewed);
    }

    static void requireClasses(String network, int classes) {
        if (classes < 2) {
            throw new IllegalArgumentException(network + " needs at least 2 classes to tell apart, not " + classes);
        }
    }

    /** The output channels of all operators, which are the same for every image size. */
    public List<Integer> channels() {
        List<Integer> channels = new ArrayList<>();
        operators.forEach(operator -> channels.add(channels(operator, channels)));
        return channels;
    }

    /**
     * The output channels of an operator.
     *
     * @param earlier output channels of the operators before it
     */
    public static int channels(Operator operator, List<Integer> earlier) {
        if (operator instanceof Operator.Convolution convolution) {
            return convolution.channels();
        } else if (operator instanceof Operator.Dense dense) {
            return dense.units();
        } else if (operator instanceof Operator.Attention attention) {
            return channels(attention.input(), earlier) / 3;
        } else if (operator instanceof Operator.Concatenation concatenation) {
            return concatenation.inputs().stream()
                    .mapToInt(input -> channels(input, earlier))
                    .reduce(0, Math::addExact);
        }
        return channels(operator.inputs().get(0), earlier);
    }

    /** The channels of an input of an operator, by the output channels of the operators before it. */
    public static int channels(int input, List<Integer> earlier) {
        return input == Operator.IMAGES ? IMAGE_CHANNELS : earlier.get(input);
    }

    /** Number of logits. */
    public int classes() {
        return ((Operator.Dense) operators.get(operators.size() - 1)).units();
    }
}
