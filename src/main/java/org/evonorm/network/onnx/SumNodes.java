package org.evonorm.network.onnx;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.evonorm.network.ActivationFunction;
import org.evonorm.network.Operator;
import org.evonorm.network.onnx.graph.OnnxGraph;
import org.evonorm.network.onnx.graph.OnnxNode;
import org.evonorm.network.onnx.layout.Axis;
import org.evonorm.network.onnx.layout.Layout;
import org.evonorm.network.onnx.pattern.RandomNumbers;

/** The translation of sums, products and joints of two or more tensors, or of a tensor and what is learned. */
final class SumNodes {

    private final OnnxGraph graph;
    private final TranslatedOperators operators;
    private final AttentionNodes attention;
    private final TokenNodes tokens;

    SumNodes(OnnxGraph graph, TranslatedOperators operators, AttentionNodes attention) {
        this.graph = graph;
        this.operators = operators;
        this.attention = attention;
        this.tokens = new TokenNodes(graph, operators);
    }

    void sum(OnnxNode node) {
        Optional<Integer> image = positionBesideConstant(node);
        if (image.isPresent()) {
            tokens.positions(node, image.get());
            return;
        }
        Value.View left = operators.input(node, 0);
        Value.View right = operators.input(node, 1);
        if (!left.layout().isOrderedAs(right.layout())) {
            throw node.refused("adds tensors that differ in the order of their dimensions, or in their channels");
        }
        operators.append(node, new Operator.Add(left.operator(), right.operator()), left.layout());
    }

    /** The position of the input that depends on the images, if the other one does not. */
    private Optional<Integer> positionBesideConstant(OnnxNode node) {
        for (int position = 0; position < 2; position++) {
            if (operators.value(node, position).isPresent()
                    && graph.constant(node, 1 - position).isPresent()) {
                return Optional.of(position);
            }
        }
        return Optional.empty();
    }

    /** A swish that is no place's, the gate of a squeeze-and-excitation, a layer scale, or a factor of scores. */
    void product(OnnxNode node) {
        for (int position = 0; position < 2; position++) {
            if (RandomNumbers.isMask(graph, node.input(position))) {
                operators.put(node.output(), operators.part(node, 1 - position));
                return;
            }
        }
        Optional<Integer> image = positionBesideConstant(node);
        if (image.isPresent() && (tokens.layerScale(node, image.get()) || attention.scaled(node, image.get()))) {
            return;
        }
        Value.View left = operators.input(node, 0);
        Value.View right = operators.input(node, 1);
        if (isOwnGate(left, right)) {
            swish(node, left, right.operator());
        } else if (isOwnGate(right, left)) {
            swish(node, right, left.operator());
        } else if (isGate(left, right)) {
            operators.append(node, new Operator.Scale(left.operator(), right.operator()), left.layout());
        } else if (isGate(right, left)) {
            operators.append(node, new Operator.Scale(right.operator(), left.operator()), right.layout());
        } else {
            throw node.refused("multiplies tensors that are no image and one gate per channel, which is not supported");
        }
    }

    /** A quotient, which is supported of scores alone. */
    void quotient(OnnxNode node) {
        if (graph.constant(node, 1).isEmpty() || !attention.scaled(node, 0)) {
            throw node.refused("divides something else than the scores of an attention, which is not supported");
        }
    }

    private boolean isOwnGate(Value.View value, Value.View gate) {
        return gate.operator() >= 0
                && operators.get(gate.operator()) instanceof Operator.Activation activation
                && activation.input() == value.operator()
                && gate.layout().equals(value.layout())
                && activation.function() == ActivationFunction.SIGMOID;
    }

    /** Replaces the last sigmoid, if the product alone reads it, and leaves it where others do. */
    private void swish(OnnxNode node, Value.View value, int gate) {
        if (gate == operators.last()
                && graph.readers(operators.node(gate).output()).size() == 1) {
            operators.replace(gate, new Operator.Activation(value.operator(), ActivationFunction.SWISH));
            operators.put(node.output(), new Value.View(gate, value.layout()));
        } else {
            operators.append(node, new Operator.Activation(value.operator(), ActivationFunction.SWISH), value.layout());
        }
    }

    /** Whether a value has one number per sample and channel of an image. */
    private boolean isGate(Value.View image, Value.View gate) {
        return operators.isPooled(gate.operator())
                && image.layout().withoutPixels().equals(gate.layout());
    }

    void concatenation(OnnxNode node) {
        if (operators.value(node, 0).isEmpty() && graph.constant(node, 0).isPresent()) {
            tokens.classToken(node);
            return;
        }
        List<Integer> inputs = new ArrayList<>();
        long sum = 0;
        Layout layout = operators.input(node, 0).layout();
        int axis = node.number("axis", 1);
        int dimension = axis < 0 ? axis + layout.rank() : axis;
        for (int i = 0; i < node.inputs().size(); i++) {
            Value.View input = operators.input(node, i);
            int channels = operators.channels(input.operator());
            inputs.add(input.operator());
            sum += channels;
            if (dimension < 0
                    || dimension >= layout.rank()
                    || !input.layout().isWhole(dimension, Axis.CHANNEL, channels)
                    || !input.layout().withChannels(dimension, 1).equals(layout.withChannels(dimension, 1))) {
                throw node.refused("joins another axis than the channels, which is not supported");
            }
        }
        if (inputs.size() == 1) {
            operators.put(node.output(), operators.input(node, 0));
            return;
        }
        operators.append(
                node,
                new Operator.Concatenation(inputs),
                layout.withChannels(dimension, TranslatedOperators.bounded(node, sum)));
    }
}
