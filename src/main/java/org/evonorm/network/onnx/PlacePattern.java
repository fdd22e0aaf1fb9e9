package org.evonorm.network.onnx;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.evonorm.network.ActivationFunction;

/**
 * The recognition of activations: one node, or a sigmoid and a product. A value that an activation alone reads, and that
 * a normalization gives, makes a place of the two.
 */
final class PlacePattern {

    /** The normalizations of images whose places candidates may fill. */
    static final Set<String> NORMALIZATIONS =
            Set.of("BatchNormalization", "InstanceNormalization", "GroupNormalization");

    /**
     * An activation on a value.
     *
     * @param outputs the values of the activation's nodes, of which the last one is the activation's
     */
    record Found(ActivationFunction function, List<String> outputs) {}

    /**
     * A group normalization of several nodes.
     *
     * @param outputs the values of its nodes, of which the last one is the normalization's
     * @param scale   name of the scale's weights; empty without any
     */
    record Grouped(List<String> outputs, String scale) {}

    private final OnnxGraph graph;

    PlacePattern(OnnxGraph graph) {
        this.graph = graph;
    }

    /**
     * The group normalization that begins with a node, as PyTorch's older exporter writes it: channels are parted into
     * groups by a Reshape, normalized, put together by another one, and multiplied and shifted.
     */
    Optional<Grouped> groupNormalization(OnnxNode parted) {
        if (!parted.operator().equals("Reshape")) {
            return Optional.empty();
        }
        Optional<OnnxNode> normalized = onlyReader(parted, "InstanceNormalization");
        Optional<OnnxNode> whole = normalized.flatMap(node -> onlyReader(node, "Reshape"));
        if (whole.isEmpty()) {
            return Optional.empty();
        }
        List<String> outputs = new ArrayList<>();
        List.of(parted, normalized.get(), whole.get()).forEach(node -> outputs.add(node.output()));
        Optional<OnnxNode> scaled =
                onlyReader(whole.get(), "Mul").filter(node -> weights(node).isPresent());
        Optional<OnnxNode> shifted = scaled.flatMap(node -> onlyReader(node, "Add"))
                .filter(node -> weights(node).isPresent());
        Stream.of(scaled, shifted).flatMap(Optional::stream).forEach(node -> {
            outputs.add(weights(node).orElseThrow().output());
            outputs.add(node.output());
        });
        return Optional.of(new Grouped(
                outputs,
                scaled.flatMap(this::weights).map(node -> node.input(0)).orElse("")));
    }

    private Optional<OnnxNode> onlyReader(OnnxNode node, String operator) {
        List<OnnxNode> readers = graph.readers(node.output());
        return readers.size() == 1
                ? Optional.of(readers.get(0)).filter(reader -> reader.operator().equals(operator))
                : Optional.empty();
    }

    /** The node that unsqueezes weights to [C, 1, 1] for a node; a product with a number has none. */
    private Optional<OnnxNode> weights(OnnxNode node) {
        return node.inputs().stream()
                .flatMap(input -> graph.giver(input).stream())
                .filter(giver -> giver.operator().equals("Unsqueeze") && graph.isConstant(giver.input(0)))
                .findFirst();
    }

    /** The activation that alone reads a value, if any. */
    Optional<Found> activationOf(String value) {
        List<OnnxNode> readers = graph.readers(value);
        if (readers.size() == 1) {
            OnnxNode reader = readers.get(0);
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
                            List.of(gate.output(), product.output())));
        }
        return Optional.empty();
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
    Optional<ActivationFunction> function(OnnxNode node) {
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
        return graph.values(node, input)
                .filter(values -> values.length == 1)
                .map(values -> values[0])
                .orElseGet(() -> node.attribute(attribute)
                        .map(value -> (double) value.getF())
                        .orElse(fallback));
    }
}
