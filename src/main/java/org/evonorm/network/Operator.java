package org.evonorm.network;

import java.io.Serializable;
import java.util.List;

/**
 * An operator of a network, from a closed set that every engine implements. Inputs are indices of earlier operators, or
 * {@link #IMAGES}. Shapes are height × width × channels of one sample. Dense layers take and give activations of height
 * and width 1.
 */
public sealed interface Operator extends Serializable {

    /** The index that stands for the input images of the network. */
    int IMAGES = -1;

    /** Indices of the operators that this operator reads, or {@link #IMAGES}. */
    List<Integer> inputs();

    /** An operator of one input. */
    sealed interface Unary extends Operator {
        int input();

        @Override
        default List<Integer> inputs() {
            return List.of(input());
        }
    }

    /** An operator whose windows slide over the input, and give one value per channel each. */
    sealed interface WindowPool extends Unary {
        Window window();
    }

    /**
     * A convolution.
     *
     * @param channels output channels
     * @param window   the kernel, padded with zeros
     * @param groups   1 for a dense convolution, the number of input channels for a depthwise convolution
     * @param hasBias  whether one bias per output channel is added
     */
    record Convolution(int input, int channels, Window window, int groups, boolean hasBias) implements Unary {

        /** A convolution without bias, padded with (kernel − 1) / 2 zeros on every side. */
        public Convolution(int input, int channels, int kernel, int stride, int groups) {
            this(input, channels, Window.centered(kernel, stride), groups, false);
        }
    }

    /** A place, which the candidate layer fills; the shape stays. */
    record Place(int input) implements Unary {}

    /** A linear place: normalization without activation; see {@link org.evonorm.graph.Layer#linearPlace()}. */
    record LinearPlace(int input) implements Unary {}

    /** The largest value per window, padded with −∞. */
    record MaxPool(int input, Window window) implements WindowPool {}

    /**
     * The mean per window.
     *
     * @param countsPadding whether pixels of the padding count as zeros; otherwise they are left out
     */
    record AveragePool(int input, Window window, boolean countsPadding) implements WindowPool {}

    /** The mean over height and width: 1 × 1 × C. */
    record GlobalAveragePool(int input) implements Unary {}

    /** A matrix product with bias: 1 × 1 × C to 1 × 1 × units. */
    record Dense(int input, int units) implements Unary {}

    /** An activation that is not in a place, as inside squeeze-and-excitations. */
    record Activation(int input, ActivationFunction function) implements Unary {}

    /**
     * Every channel times a trainable value of its own (Touvron et al., "Going deeper with image transformers", 2021).
     *
     * @param start the initial values
     */
    record LayerScale(int input, double start) implements Unary {}

    /**
     * The sum of every pixel with trainable values of its own, learned for a grid of height × width pixels. Inputs of
     * another size get values between those of the grid (docs/design.md, "Anchor networks").
     */
    record Positions(int input, int height, int width) implements Unary {}

    /** The pixels as a row of tokens, line by line: H × W × C to (H · W) × 1 × C. */
    record Tokens(int input) implements Unary {}

    /**
     * A learned token before all others: N × 1 × C to (N + 1) × 1 × C (Dosovitskiy et al., "An image is worth 16×16
     * words", 2021, section 3.1).
     *
     * @param hasPosition whether the position of the token is learned too; the token and its position are added
     */
    record ClassToken(int input, boolean hasPosition) implements Unary {}

    /** The first token, which is classified in place of the mean of all: N × 1 × C to 1 × 1 × C. */
    record FirstToken(int input) implements Unary {}

    /**
     * Multi-head attention between all pixels, or tokens, of a sample: softmax(Q Kᵀ / sqrt(d)) V in every head
     * (Vaswani et al., "Attention is all you need", 2017, section 3.2). The input has the channels of the queries Q of
     * all heads, then of the keys K, then of the values V, and the output a third of them, head by head.
     *
     * @param heads number of heads, of d channels each
     */
    record Attention(int input, int heads) implements Unary {}

    /** Every channel of {@code input} times the channel's value in {@code gate}, which is 1 × 1 × C. */
    record Scale(int input, int gate) implements Operator {
        @Override
        public List<Integer> inputs() {
            return List.of(input, gate);
        }
    }

    /** The sum of two tensors of the same shape (residual connection). */
    record Add(int left, int right) implements Operator {
        @Override
        public List<Integer> inputs() {
            return List.of(left, right);
        }
    }

    /** The channels of tensors of one height and width, one tensor after the other. */
    record Concatenation(List<Integer> inputs) implements Operator {
        public Concatenation {
            inputs = List.copyOf(inputs);
        }
    }
}
