package org.evonorm.network;

import java.util.ArrayList;
import java.util.List;

/**
 * Shape inference for a network, which also checks that operators fit together. The first operator that does not fit is
 * refused with a {@link MisfitException}.
 */
final class ShapeInference {

    private final Shape images;
    private final List<Shape> shapes = new ArrayList<>();

    private ShapeInference(Shape images) {
        this.images = images;
    }

    /** The output shapes of all operators, in their order. */
    static List<Shape> of(List<Operator> operators, Shape images) {
        if (images.height() < 1 || images.width() < 1) {
            throw new IllegalArgumentException(
                    "images must be at least 1×1, not " + images.height() + "×" + images.width());
        }
        ShapeInference inference = new ShapeInference(images);
        operators.forEach(operator -> inference.shapes.add(inference.shape(operator)));
        return List.copyOf(inference.shapes);
    }

    private Shape shape(Operator operator) {
        if (operator instanceof Operator.Convolution convolution) {
            return convolution(convolution);
        } else if (operator instanceof Operator.Place place) {
            return input(operator, place.input());
        } else if (operator instanceof Operator.LinearPlace place) {
            return input(operator, place.input());
        } else if (operator instanceof Operator.WindowPool pool) {
            return pool(pool);
        } else if (operator instanceof Operator.GlobalAveragePool pool) {
            return new Shape(1, 1, input(operator, pool.input()).channels());
        } else if (operator instanceof Operator.Dense dense) {
            return dense(dense);
        } else if (operator instanceof Operator.Activation activation) {
            return input(operator, activation.input());
        } else if (operator instanceof Operator.LayerScale scale) {
            return input(operator, scale.input());
        } else if (operator instanceof Operator.Positions positions) {
            requirePositive(operator, "height", positions.height());
            requirePositive(operator, "width", positions.width());
            return input(operator, positions.input());
        } else if (operator instanceof Operator.Tokens tokens) {
            Shape input = input(operator, tokens.input());
            return new Shape(input.area(), 1, input.channels());
        } else if (operator instanceof Operator.ClassToken token) {
            Shape input = row(operator, token.input());
            return new Shape(input.height() + 1, 1, input.channels());
        } else if (operator instanceof Operator.FirstToken token) {
            return new Shape(1, 1, row(operator, token.input()).channels());
        } else if (operator instanceof Operator.Attention attention) {
            return attention(attention);
        } else if (operator instanceof Operator.Scale scale) {
            return scale(scale);
        } else if (operator instanceof Operator.Add add) {
            return add(add);
        } else if (operator instanceof Operator.Concatenation concatenation) {
            return concatenation(concatenation);
        }
        throw new AssertionError(operator);
    }

    private Shape convolution(Operator.Convolution convolution) {
        Shape input = input(convolution, convolution.input());
        int groups = convolution.groups();
        requirePositive(convolution, "channels", convolution.channels());
        requirePositive(convolution, "groups", groups);
        if (input.channels() % groups != 0 || convolution.channels() % groups != 0) {
            throw misfit(
                    convolution,
                    "cannot split " + input.channels() + " input and " + convolution.channels()
                            + " output channels into " + groups + " equal groups");
        }
        return windows(convolution, input, convolution.window(), convolution.channels());
    }

    private Shape dense(Operator.Dense dense) {
        Shape input = input(dense, dense.input());
        requirePositive(dense, "units", dense.units());
        if (input.area() != 1) {
            throw misfit(dense, "takes 1×1 activations, not " + text(input) + "; put a global average pool before it");
        }
        return new Shape(1, 1, dense.units());
    }

    private Shape attention(Operator.Attention attention) {
        Shape input = input(attention, attention.input());
        requirePositive(attention, "heads", attention.heads());
        if (input.channels() % (3L * attention.heads()) != 0) {
            throw misfit(
                    attention,
                    "cannot split " + input.channels() + " channels into queries, keys and values of "
                            + attention.heads() + " equal heads");
        }
        return new Shape(input.height(), input.width(), input.channels() / 3);
    }

    private Shape scale(Operator.Scale scale) {
        Shape input = input(scale, scale.input());
        Shape gate = input(scale, scale.gate());
        Shape wanted = new Shape(1, 1, input.channels());
        if (!gate.equals(wanted)) {
            throw misfit(scale, "needs a gate of " + text(wanted) + ", not " + text(gate));
        }
        return input;
    }

    private Shape add(Operator.Add add) {
        Shape left = input(add, add.left());
        Shape right = input(add, add.right());
        if (!left.equals(right)) {
            throw misfit(add, "adds tensors of one shape, not " + text(left) + " and " + text(right));
        }
        return left;
    }

    private Shape concatenation(Operator.Concatenation concatenation) {
        if (concatenation.inputs().isEmpty()) {
            throw misfit(concatenation, "has no inputs");
        }
        Shape first = input(concatenation, concatenation.inputs().get(0));
        long channels = 0;
        for (int index : concatenation.inputs()) {
            Shape input = input(concatenation, index);
            if (input.height() != first.height() || input.width() != first.width()) {
                throw misfit(
                        concatenation,
                        "joins tensors of one height and width, not " + text(first) + " and " + text(input));
            }
            channels += input.channels();
        }
        if (channels > Integer.MAX_VALUE) {
            throw misfit(concatenation, "has too many channels: " + channels);
        }
        return new Shape(first.height(), first.width(), (int) channels);
    }

    private Shape pool(Operator.WindowPool pool) {
        Shape input = input(pool, pool.input());
        if (pool.window().dilation() != 1) {
            throw misfit(pool, "must have dilation of 1, not " + pool.window().dilation());
        }
        return windows(pool, input, pool.window(), input.channels());
    }

    /** The output shape of windows that slide over the padded input. */
    private Shape windows(Operator operator, Shape input, Window window, int channels) {
        requirePositive(operator, "kernel", window.kernel());
        requirePositive(operator, "stride", window.stride());
        requirePositive(operator, "dilation", window.dilation());
        if (window.padding().smallest() < 0 || window.padding().largest() >= window.extent()) {
            // A window that lies in the padding alone reads nothing.
            throw misfit(operator, "must have padding from 0 to less than the kernel, not " + window.padding());
        }
        int height = window.rows(input.height());
        int width = window.columns(input.width());
        // The padding of an even kernel is two less than the kernel, so a side of one pixel has no window.
        if (height < 1 || width < 1) {
            throw misfit(operator, "has a kernel of " + window.extent() + ", too large for " + text(input));
        }
        return new Shape(height, width, channels);
    }

    /** An input that is a row of tokens. */
    private Shape row(Operator operator, int index) {
        Shape input = input(operator, index);
        if (input.width() != 1) {
            throw misfit(operator, "takes a row of tokens, not " + text(input));
        }
        return input;
    }

    private Shape input(Operator operator, int index) {
        if (index == Operator.IMAGES) {
            return images;
        }
        if (index < 0 || index >= shapes.size()) {
            throw misfit(operator, "reads operator " + index + ", which does not come before it");
        }
        return shapes.get(index);
    }

    private void requirePositive(Operator operator, String what, int value) {
        if (value < 1) {
            throw misfit(operator, "must have " + what + " of at least 1, not " + value);
        }
    }

    private MisfitException misfit(Operator operator, String reason) {
        return new MisfitException(shapes.size(), operator.getClass().getSimpleName(), reason);
    }

    private static String text(Shape shape) {
        return shape.height() + "×" + shape.width() + "×" + shape.channels();
    }
}
