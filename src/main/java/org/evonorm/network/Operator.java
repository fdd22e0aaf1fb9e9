package org.evonorm.network;

import java.io.Serializable;
import java.util.List;

/**
 * One operation of a network. Inputs are indices of earlier operators; {@link #IMAGES} is the network's input. Dense
 * layers are 1×1 convolutions of 1×1 activations: their shape is 1 × 1 × units.
 */
public sealed interface Operator extends Serializable {

    /** The operator index that stands for the images given to the network. */
    int IMAGES = -1;

    /** Indices of the operators that this one reads, or {@link #IMAGES}. */
    List<Integer> inputs();

    /** An operator with one input. */
    sealed interface Unary extends Operator {
        int input();

        @Override
        default List<Integer> inputs() {
            return List.of(input());
        }
    }

    /**
     * A convolution without bias, padded by (kernel − 1) / 2 on every side.
     *
     * @param groups 1 for a dense convolution, the number of input channels for a depthwise one
     */
    record Convolution(int input, int channels, int kernel, int stride, int groups) implements Unary {}

    /** A normalization-activation place, filled with the layer under test. */
    record Place(int input) implements Unary {}

    /** A normalization without activation; see {@link org.evonorm.graph.Layer#linearPlace()}. */
    record LinearPlace(int input) implements Unary {}

    /** The largest value of every window, padded by (kernel − 1) / 2 with −∞. */
    record MaxPool(int input, int kernel, int stride) implements Unary {}

    /** The mean over height and width: 1 × 1 × C. */
    record GlobalAveragePool(int input) implements Unary {}

    /** A matrix product with bias on 1 × 1 activations. */
    record Dense(int input, int units) implements Unary {}

    /** x · sigmoid(x); part of the network, not a place (squeeze-and-excitation). */
    record Swish(int input) implements Unary {}

    /** sigmoid(x) */
    record Sigmoid(int input) implements Unary {}

    /** Every channel of {@code input} times its value in {@code gate}, which is 1 × 1 × C. */
    record Scale(int input, int gate) implements Operator {
        @Override
        public List<Integer> inputs() {
            return List.of(input, gate);
        }
    }

    /** The sum of two tensors of one shape (residual connection). */
    record Add(int left, int right) implements Operator {
        @Override
        public List<Integer> inputs() {
            return List.of(left, right);
        }
    }
}
