package org.evonorm.network.onnx.pattern;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.evonorm.network.ActivationFunction;
import org.evonorm.network.onnx.graph.Constant;
import org.evonorm.network.onnx.graph.OnnxGraph;
import org.evonorm.network.onnx.graph.OnnxNode;

/**
 * The recognition of activations: one node, or a sigmoid and a product, or the nodes of GELU. A value that an activation
 * alone reads, and that a normalization gives, makes a place of the two.
 */
public final class ActivationPattern {

    /**
     * An activation on a value.
     *
     * @param transposes nodes between the value and the activation, which change the order of dimensions alone
     * @param outputs    the values of the activation's nodes, of which the last one is the activation's
     */
    public record Found(ActivationFunction function, List<OnnxNode> transposes, List<String> outputs) {

        public Found(ActivationFunction function, List<String> outputs) {
            this(function, List.of(), outputs);
        }

        private Found after(OnnxNode transpose) {
            List<OnnxNode> all = new ArrayList<>(List.of(transpose));
            all.addAll(transposes);
            return new Found(function, all, outputs);
        }
    }

    private final OnnxGraph graph;
    private final GeluPattern gelu;

    public ActivationPattern(OnnxGraph graph) {
        this.graph = graph;
        this.gelu = new GeluPattern(graph);
    }

    /** The activation that alone reads a value, if any. */
    public Optional<Found> of(String value) {
        List<OnnxNode> readers = graph.readers(value);
        if (readers.size() == 1) {
            OnnxNode reader = readers.get(0);
            if (reader.operator().equals("Transpose")) {
                return of(reader.output()).map(found -> found.after(reader));
            }
            return function(reader).map(function -> new Found(function, List.of(reader.output())));
        }
        if (readers.size() == 2) {
            OnnxNode product = readers.get(1);
            return readers.stream()
                    .filter(gate -> isGateOf(gate, product, value))
                    .findFirst()
                    .map(gate -> new Found(
                            gate.operator().equals("Sigmoid")
                                    ? ActivationFunction.SWISH
                                    : ActivationFunction.HARD_SWISH,
                            List.of(gate.output(), product.output())))
                    .or(() -> gelu.of(value)
                            .filter(outputs ->
                                    readers.stream().map(OnnxNode::output).allMatch(outputs::contains))
                            .map(outputs -> new Found(ActivationFunction.GELU, outputs)));
        }
        return Optional.empty();
    }

    /** The values of the nodes of a GELU on one of the inputs of a node, which is one of its nodes. */
    public Optional<Found> gelu(OnnxNode node) {
        return node.inputs().stream()
                .flatMap(input -> gelu.of(graph.source(input)).stream())
                .filter(outputs -> outputs.contains(node.output()))
                .findFirst()
                .map(outputs -> new Found(ActivationFunction.GELU, outputs));
    }

    /** Whether {@code product} multiplies a value by its own gate, which nothing else reads. */
    private boolean isGateOf(OnnxNode gate, OnnxNode product, String value) {
        boolean gates = gate.operator().equals("Sigmoid")
                || function(gate)
                        .filter(ActivationFunction.HARD_SIGMOID::equals)
                        .isPresent();
        return gates
                && product.operator().equals("Mul")
                && graph.readers(gate.output()).equals(List.of(product))
                && product.inputs().stream().map(graph::source).toList().containsAll(List.of(value, gate.output()));
    }

    /** The function of an activation's node. */
    public Optional<ActivationFunction> function(OnnxNode node) {
        return switch (node.operator()) {
            case "Relu" -> Optional.of(ActivationFunction.RELU);
            case "Sigmoid" -> Optional.of(ActivationFunction.SIGMOID);
            case "Swish" -> Optional.of(ActivationFunction.SWISH);
            case "HardSwish" -> Optional.of(ActivationFunction.HARD_SWISH);
            case "Tanh" -> Optional.of(ActivationFunction.TANH);
            case "HardSigmoid" -> hardSigmoid(node);
            case "Gelu" ->
                Optional.of(
                        node.attribute("approximate")
                                        .filter(kind ->
                                                kind.getS().toStringUtf8().equals("tanh"))
                                        .isPresent()
                                ? ActivationFunction.TANH_GELU
                                : ActivationFunction.GELU);
            case "Clip" -> clip(node);
            default -> Optional.empty();
        };
    }

    private static Optional<ActivationFunction> hardSigmoid(OnnxNode node) {
        float slope = node.attribute("alpha").map(alpha -> alpha.getF()).orElse(0.2f);
        float middle = node.attribute("beta").map(beta -> beta.getF()).orElse(0.5f);
        return Math.abs(slope - 1 / 6f) < 1e-6 && middle == 0.5f
                ? Optional.of(ActivationFunction.HARD_SIGMOID)
                : Optional.empty();
    }

    private Optional<ActivationFunction> clip(OnnxNode node) {
        double from = limit(node, 1, "min", Double.NEGATIVE_INFINITY);
        double to = limit(node, 2, "max", Double.POSITIVE_INFINITY);
        if (from != 0) {
            return Optional.empty();
        }
        return to == 6
                ? Optional.of(ActivationFunction.RELU6)
                : Optional.of(ActivationFunction.RELU).filter(function -> to > 1e30);
    }

    private double limit(OnnxNode node, int input, String attribute, double fallback) {
        if (node.input(input).isEmpty()) {
            return node.attribute(attribute).map(value -> (double) value.getF()).orElse(fallback);
        }
        return graph.constant(node, input)
                .flatMap(Constant::number)
                .orElseThrow(() -> node.refused(
                        "computes its input number " + input + ", and only constants are supported there"));
    }
}
