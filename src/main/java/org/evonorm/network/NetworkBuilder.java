package org.evonorm.network;

import java.util.ArrayList;
import java.util.List;

/**
 * The builder of a network, with which an architecture reads like its description. Every method appends an operator and
 * returns the index of the operator, which later operators take as their input.
 */
final class NetworkBuilder {

    private final List<Operator> operators = new ArrayList<>();
    /** Output channels of every operator. */
    private final List<Integer> channels = new ArrayList<>();

    int channels(int operator) {
        return Network.channels(operator, channels);
    }

    int convolution(int input, int outputChannels, int kernel, int stride) {
        return append(new Operator.Convolution(input, outputChannels, kernel, stride, 1));
    }

    int depthwise(int input, int kernel, int stride) {
        int width = channels(input);
        return append(new Operator.Convolution(input, width, kernel, stride, width));
    }

    /** A convolution with bias, which keeps height and width at stride one. */
    int convolution(int input, int outputChannels, Window window, int groups) {
        return append(new Operator.Convolution(input, outputChannels, window, groups, true));
    }

    /** A 1×1 convolution with bias: a dense layer of every pixel or token. */
    int pointwise(int input, int outputChannels) {
        return convolution(input, outputChannels, Window.centered(1, 1), 1);
    }

    /** A convolution with bias of patches of {@code size} × {@code size} pixels, side by side. */
    int patches(int input, int outputChannels, int size) {
        return convolution(input, outputChannels, new Window(size, size, 1, Padding.NONE, false), 1);
    }

    int place(int input) {
        return append(new Operator.Place(input));
    }

    int linearPlace(int input) {
        return append(new Operator.LinearPlace(input));
    }

    int maxPool(int input, int kernel, int stride) {
        return append(new Operator.MaxPool(input, Window.centered(kernel, stride)));
    }

    int globalAveragePool(int input) {
        return append(new Operator.GlobalAveragePool(input));
    }

    int dense(int input, int units) {
        return append(new Operator.Dense(input, units));
    }

    int swish(int input) {
        return append(new Operator.Activation(input, ActivationFunction.SWISH));
    }

    int sigmoid(int input) {
        return append(new Operator.Activation(input, ActivationFunction.SIGMOID));
    }

    int activation(int input, ActivationFunction function) {
        return append(new Operator.Activation(input, function));
    }

    int layerScale(int input, double start) {
        return append(new Operator.LayerScale(input, start));
    }

    int positions(int input, int height, int width) {
        return append(new Operator.Positions(input, height, width));
    }

    int tokens(int input) {
        return append(new Operator.Tokens(input));
    }

    int attention(int input, int heads) {
        return append(new Operator.Attention(input, heads));
    }

    int scale(int input, int gate) {
        return append(new Operator.Scale(input, gate));
    }

    int add(int left, int right) {
        return append(new Operator.Add(left, right));
    }

    Network build(String name) {
        return new Network(name, operators);
    }

    private int append(Operator operator) {
        channels.add(Network.channels(operator, channels));
        operators.add(operator);
        return operators.size() - 1;
    }
}
