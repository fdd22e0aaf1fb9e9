package org.evonorm.network.onnx.pattern;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.evonorm.network.onnx.graph.Constant;
import org.evonorm.network.onnx.graph.OnnxGraph;
import org.evonorm.network.onnx.graph.OnnxNode;

/** The nodes of x · (1 + erf(x / √2)) / 2, which exporters write where a version of ONNX has no GELU. */
final class GeluPattern {

    private static final double CLOSE = 1e-4;

    private final OnnxGraph graph;

    GeluPattern(OnnxGraph graph) {
        this.graph = graph;
    }

    /** The values of the nodes of a GELU on a value, of which the last one is the GELU's. */
    Optional<List<String>> of(String value) {
        return graph.readers(value).stream()
                .filter(node -> isTimes(node, value, Math.sqrt(0.5)))
                .flatMap(scaled -> from(value, scaled).stream())
                .findFirst();
    }

    private Optional<List<String>> from(String value, OnnxNode scaled) {
        Optional<OnnxNode> erf = graph.onlyReader(scaled.output(), "Erf");
        Optional<OnnxNode> shifted = erf.flatMap(node -> graph.onlyReader(node.output(), "Add"))
                .filter(node -> other(node, erf.get().output())
                        .filter(input -> isNumber(input, 1))
                        .isPresent());
        Optional<OnnxNode> product = shifted.flatMap(node -> graph.onlyReader(node.output(), "Mul"));
        if (product.isEmpty()) {
            return Optional.empty();
        }
        List<String> until =
                List.of(scaled.output(), erf.get().output(), shifted.get().output());
        Optional<String> factor = other(product.get(), shifted.get().output());
        if (factor.isEmpty()) {
            return Optional.empty();
        }
        Optional<OnnxNode> half = graph.giver(factor.get()).filter(node -> isTimes(node, value, 0.5));
        if (half.isPresent()) {
            return Optional.of(joined(until, half.get().output(), product.get().output()));
        }
        // Either the value or the half comes first, and the other one last.
        return graph.onlyReader(product.get().output(), "Mul")
                .filter(last -> factor.get().equals(value)
                        ? isTimes(last, product.get().output(), 0.5)
                        : isNumber(factor.get(), 0.5)
                                && other(last, product.get().output()).equals(Optional.of(value)))
                .map(last -> joined(until, product.get().output(), last.output()));
    }

    private static List<String> joined(List<String> first, String... more) {
        return Stream.concat(first.stream(), Stream.of(more)).toList();
    }

    /** Whether a node multiplies or divides a value by a number, which is the factor then. */
    private boolean isTimes(OnnxNode node, String value, double factor) {
        return switch (node.operator()) {
            case "Mul" ->
                other(node, value).filter(input -> isNumber(input, factor)).isPresent();
            case "Div" -> graph.source(node.input(0)).equals(value) && isNumber(node.input(1), 1 / factor);
            default -> false;
        };
    }

    /** The other input of a node that reads a value once. */
    private Optional<String> other(OnnxNode node, String value) {
        String left = graph.source(node.input(0));
        String right = graph.source(node.input(1));
        return left.equals(value) == right.equals(value)
                ? Optional.empty()
                : Optional.of(left.equals(value) ? right : left);
    }

    private boolean isNumber(String value, double number) {
        return graph.constant(value)
                .flatMap(Constant::number)
                .filter(known -> Math.abs(known - number) < CLOSE)
                .isPresent();
    }
}
