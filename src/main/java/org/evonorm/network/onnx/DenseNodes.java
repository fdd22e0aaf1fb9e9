package org.evonorm.network.onnx;

import java.util.List;
import java.util.Optional;
import org.evonorm.network.Operator;
import org.evonorm.network.Window;
import org.evonorm.network.onnx.graph.Constant;
import org.evonorm.network.onnx.graph.OnnxGraph;
import org.evonorm.network.onnx.graph.OnnxNode;
import org.evonorm.network.onnx.layout.Axis;
import org.evonorm.network.onnx.layout.Layout;

/** The translation of dense layers: those of one pixel, and those of every pixel or token, which are convolutions of 1 × 1. */
final class DenseNodes {

    private final OnnxGraph graph;
    private final TranslatedOperators operators;

    DenseNodes(OnnxGraph graph, TranslatedOperators operators) {
        this.graph = graph;
        this.operators = operators;
    }

    /** A matrix product with weights, and perhaps with bias. */
    void gemm(OnnxNode node) {
        boolean transposed = node.number("transB", 0) != 0;
        boolean plain = Optional.of(node)
                .filter(gemm -> gemm.number("transA", 0) == 0 && isOne(gemm, "alpha") && isOne(gemm, "beta"))
                .isPresent();
        List<Long> weights = graph.dimensions(node, 1);
        if (weights.size() != 2 || !plain) {
            throw node.refused("is no dense layer, which is what is supported");
        }
        boolean hasBias = !node.input(2).isEmpty()
                && !graph.constant(node, 2).map(bias -> bias.isComputed(0)).orElse(false);
        dense(node, weights.get(transposed ? 1 : 0), weights.get(transposed ? 0 : 1), hasBias);
    }

    private static boolean isOne(OnnxNode node, String attribute) {
        return node.attribute(attribute).map(value -> value.getF() == 1).orElse(true);
    }

    /** A matrix product with weights; a sum with a bias may follow, which belongs to it. */
    void product(OnnxNode node) {
        List<Long> weights = graph.dimensions(node, 1);
        if (weights.size() != 2) {
            throw node.refused("has weights of " + weights.size() + " dimensions, and dense layers have 2");
        }
        Optional<OnnxNode> biased = graph.onlyReader(node.output(), "Add").filter(sum -> isBias(sum, weights.get(1)));
        dense(node, weights.get(0), weights.get(1), biased.isPresent());
        biased.ifPresent(sum -> operators.put(sum.output(), operators.view(node.output())));
    }

    private boolean isBias(OnnxNode sum, long units) {
        return sum.inputs().stream()
                .flatMap(input -> graph.constant(input).stream())
                .map(Constant::dimensions)
                .anyMatch(List.of(units)::equals);
    }

    private void dense(OnnxNode node, long inputs, long outputs, boolean hasBias) {
        Value.View input = operators.input(node, 0);
        Layout layout = input.layout();
        int channels = operators.channels(input.operator());
        int last = layout.rank() - 1;
        if (last < 1 || !layout.isWhole(last, Axis.CHANNEL, channels)) {
            throw node.refused("is no dense layer on the channels of one pixel or token, which is what is supported");
        }
        if (inputs != channels) {
            throw node.refused("has weights for " + inputs + " inputs, and its input has " + channels + " channels");
        }
        operators.own(node, node.input(1));
        int units = TranslatedOperators.bounded(node, outputs);
        boolean dense = operators.isPooled(input.operator()) && hasBias;
        operators.append(
                node,
                dense
                        ? new Operator.Dense(input.operator(), units)
                        : new Operator.Convolution(input.operator(), units, Window.centered(1, 1), 1, hasBias),
                layout.withChannels(last, units));
    }
}
