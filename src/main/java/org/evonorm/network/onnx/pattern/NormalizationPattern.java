package org.evonorm.network.onnx.pattern;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.evonorm.network.onnx.graph.Constant;
import org.evonorm.network.onnx.graph.OnnxGraph;
import org.evonorm.network.onnx.graph.OnnxNode;

/** The recognition of normalizations of images and tokens, which may be several nodes. */
public final class NormalizationPattern {

    /** The normalizations of one node. */
    private static final Set<String> SINGLE =
            Set.of("BatchNormalization", "InstanceNormalization", "GroupNormalization", "LayerNormalization");

    /**
     * A normalization.
     *
     * @param operator  its operator in ONNX
     * @param ofChannels whether it normalizes the last dimension, which then has the channels alone
     * @param scale     name of its weights; empty without any
     * @param outputs   values of its nodes, of which the last one is the normalization's
     */
    public record Found(String operator, boolean ofChannels, String scale, List<String> outputs) {}

    private final OnnxGraph graph;

    public NormalizationPattern(OnnxGraph graph) {
        this.graph = graph;
    }

    /**
     * The normalization that begins with a node.
     *
     * @param rank     number of dimensions of the node's input
     * @param channels number of its channels
     */
    public Optional<Found> of(OnnxNode node, int rank, int channels) {
        if (SINGLE.contains(node.operator())) {
            boolean ofChannels = node.operator().equals("LayerNormalization");
            int axis = node.number("axis", -1);
            if (ofChannels && axis != -1 && axis != rank - 1) {
                throw node.refused("normalizes other dimensions than the last one alone, which is not supported");
            }
            return Optional.of(new Found(node.operator(), ofChannels, name(node.input(1)), List.of(node.output())));
        }
        return groupNormalization(node, channels).or(() -> layerNormalization(node, rank, channels));
    }

    /**
     * A group normalization as PyTorch's exporters write it: channels are parted into groups by a Reshape, normalized, put
     * together by another one, and multiplied and shifted.
     */
    private Optional<Found> groupNormalization(OnnxNode parted, int channels) {
        if (!parted.operator().equals("Reshape")) {
            return Optional.empty();
        }
        Optional<OnnxNode> normalized = graph.onlyReader(parted.output(), "InstanceNormalization");
        Optional<OnnxNode> whole = normalized.flatMap(node -> graph.onlyReader(node.output(), "Reshape"));
        if (whole.isEmpty()) {
            return Optional.empty();
        }
        List<String> outputs = new ArrayList<>();
        List.of(parted, normalized.get(), whole.get()).forEach(node -> outputs.add(node.output()));
        String scale = affine(whole.get().output(), channels, 2, outputs);
        return Optional.of(new Found("GroupNormalization", false, scale, outputs));
    }

    /** A layer normalization of the last dimension: (x − mean) / √(mean of squares + eps), multiplied and shifted. */
    private Optional<Found> layerNormalization(OnnxNode mean, int rank, int channels) {
        if (!isMeanOfLast(mean, rank)) {
            return Optional.empty();
        }
        String value = graph.source(mean.input(0));
        Optional<OnnxNode> centered = graph.onlyReader(mean.output(), "Sub")
                .filter(node -> graph.source(node.input(0)).equals(value));
        Optional<OnnxNode> square = centered.flatMap(node -> graph.readers(node.output()).stream()
                .filter(reader -> isSquare(reader, node.output()))
                .findFirst());
        Optional<OnnxNode> variance = square.flatMap(node -> graph.onlyReader(node.output(), "ReduceMean"))
                .filter(node -> isMeanOfLast(node, rank));
        Optional<OnnxNode> shifted = variance.flatMap(node -> graph.onlyReader(node.output(), "Add"));
        Optional<OnnxNode> root = shifted.flatMap(node -> graph.onlyReader(node.output(), "Sqrt"));
        Optional<OnnxNode> divided = root.flatMap(node -> graph.onlyReader(node.output(), "Div"))
                .filter(node ->
                        graph.source(node.input(0)).equals(centered.get().output()))
                .filter(node -> graph.readers(centered.get().output()).size() == 2);
        if (divided.isEmpty()
                || graph.constant(shifted.get(), 1).flatMap(Constant::number).isEmpty()) {
            return Optional.empty();
        }
        List<String> outputs = new ArrayList<>();
        List.of(mean, centered.get(), square.get(), variance.get(), shifted.get(), root.get(), divided.get())
                .forEach(node -> outputs.add(node.output()));
        String scale = affine(divided.get().output(), channels, 0, outputs);
        return Optional.of(new Found("LayerNormalization", true, scale, outputs));
    }

    private boolean isMeanOfLast(OnnxNode node, int rank) {
        return node.operator().equals("ReduceMean")
                && node.number("keepdims", 1) == 1
                && graph.integers(node, "axes", 1)
                        .filter(axes -> axes.equals(List.of(-1L)) || axes.equals(List.of(rank - 1L)))
                        .isPresent();
    }

    private boolean isSquare(OnnxNode node, String value) {
        return switch (node.operator()) {
            case "Pow" -> graph.constant(node, 1).flatMap(Constant::number).equals(Optional.of(2.0));
            case "Mul" -> node.inputs().stream().map(graph::source).allMatch(value::equals);
            default -> false;
        };
    }

    /**
     * Adds the nodes that multiply and shift a value per channel.
     *
     * @param behind number of dimensions after the one of the channels
     * @return name of the scale's weights; empty without any
     */
    private String affine(String value, int channels, int behind, List<String> outputs) {
        Optional<OnnxNode> scaled = graph.onlyReader(value, "Mul")
                .filter(node -> weights(node, channels, behind).isPresent());
        Optional<OnnxNode> shifted = scaled.flatMap(node -> graph.onlyReader(node.output(), "Add"))
                .filter(node -> weights(node, channels, behind).isPresent());
        scaled.ifPresent(node -> outputs.add(node.output()));
        shifted.ifPresent(node -> outputs.add(node.output()));
        return scaled.flatMap(node -> weights(node, channels, behind))
                .map(Constant::name)
                .orElse("");
    }

    /** The input of a node that has one value per channel; a number is none. */
    private Optional<Constant> weights(OnnxNode node, int channels, int behind) {
        List<Long> wanted = new ArrayList<>(List.of((long) channels));
        for (int i = 0; i < behind; i++) {
            wanted.add(1L);
        }
        return node.inputs().stream()
                .flatMap(input -> graph.constant(input).stream())
                .filter(constant -> constant.dimensions().equals(wanted))
                .findFirst();
    }

    /** The name of the stored weights behind a name. */
    private String name(String scale) {
        return graph.constant(scale)
                .map(Constant::name)
                .filter(name -> !name.isEmpty())
                .orElse(scale);
    }
}
