package org.evonorm.network.onnx;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.evonorm.network.Operator;
import org.evonorm.network.Window;
import org.evonorm.network.onnx.graph.OnnxGraph;
import org.evonorm.network.onnx.graph.OnnxNode;
import org.evonorm.network.onnx.layout.Axis;
import org.evonorm.network.onnx.layout.Layout;

/** The translation of convolutions and pools, which read images [B, C, H, W], and of means over all pixels or tokens. */
final class ImageNodes {

    private final OnnxGraph graph;
    private final TranslatedOperators operators;

    ImageNodes(OnnxGraph graph, TranslatedOperators operators) {
        this.graph = graph;
        this.operators = operators;
    }

    void convolution(OnnxNode node) {
        Value.View input = image(node);
        List<Long> weights = graph.dimensions(node, 1);
        int groups = node.number("group", 1);
        if (weights.size() != 4) {
            throw node.refused("has weights of " + weights.size() + " dimensions, and convolutions of images have 4");
        }
        operators.own(node, node.input(1));
        int outputs = TranslatedOperators.bounded(node, weights.get(0));
        int channels = operators.channels(input.operator());
        if (groups < 1 || weights.get(1) * groups != channels) {
            throw node.refused("has weights for " + weights.get(1) + " input channels in " + groups + " groups, and its"
                    + " input has " + channels + " channels");
        }
        int[] size = weights.subList(2, 4).stream()
                .mapToInt(side -> TranslatedOperators.bounded(node, side))
                .toArray();
        Window window = OnnxWindow.ofWeights(node, size);
        // PyTorch's newer exporter gives convolutions without bias one of zeros.
        boolean hasBias = !node.input(2).isEmpty()
                && !graph.constant(node, 2).map(bias -> bias.isComputed(0)).orElse(false);
        operators.append(
                node,
                new Operator.Convolution(input.operator(), outputs, window, groups, hasBias),
                after(input, window, outputs));
    }

    void pool(OnnxNode node) {
        Value.View input = image(node);
        Window window = OnnxWindow.ofPool(node);
        Layout layout = after(input, window, operators.channels(input.operator()));
        if (node.operator().equals("MaxPool")) {
            operators.append(node, new Operator.MaxPool(input.operator(), window), layout);
            return;
        }
        boolean counts =
                node.number("count_include_pad", 0) != 0 && window.padding().largest() > 0;
        if (counts && window.ceiling()) {
            throw node.refused("has count_include_pad with ceil_mode and padding, which are supported one by one");
        }
        operators.append(node, new Operator.AveragePool(input.operator(), window, counts), layout);
    }

    /** The images [B, C, H, W] that a node reads. */
    private Value.View image(OnnxNode node) {
        Value.View input = operators.input(node, 0);
        Layout layout = input.layout();
        Layout wanted = Layout.images(
                layout.size(Axis.SAMPLE),
                operators.channels(input.operator()),
                layout.size(Axis.ROW),
                layout.size(Axis.COLUMN));
        if (!layout.equals(wanted) && !layout.equals(wanted.withoutPixels())) {
            throw node.refused("reads a tensor whose dimensions are not batch, channels, height and width");
        }
        return input;
    }

    /** The layout after windows, in images of the size that the file has. */
    private Layout after(Value.View input, Window window, int channels) {
        Layout layout = input.layout();
        if (operators.isPooled(input.operator()) && window.rows(1) == 1 && window.columns(1) == 1) {
            return layout.withChannels(1, channels);
        }
        return Layout.images(
                layout.size(Axis.SAMPLE),
                channels,
                Math.max(1, window.rows(layout.size(Axis.ROW))),
                Math.max(1, window.columns(layout.size(Axis.COLUMN))));
    }

    void globalAveragePool(OnnxNode node) {
        mean(node, Set.of(2, 3), true);
    }

    void reduceMean(OnnxNode node) {
        int rank = operators.input(node, 0).layout().rank();
        Set<Integer> over = new HashSet<>();
        for (long axis : graph.integers(node, "axes", 1).orElse(List.of())) {
            over.add((int) (axis < 0 ? axis + rank : axis));
        }
        mean(node, over, node.number("keepdims", 1) != 0);
    }

    private void mean(OnnxNode node, Set<Integer> over, boolean keepsDimensions) {
        Value.View input = operators.input(node, 0);
        Layout layout = input.layout();
        for (int i = 0; i < layout.rank(); i++) {
            // A dimension of one pixel for every size of images may be averaged or not.
            boolean averaged = over.contains(i);
            if (averaged ? !layout.isOfPixelsAlone(i) : layout.isOfPixels(i)) {
                throw node.refused(
                        "averages over other axes than height and width, or all tokens, which is not supported");
            }
        }
        if (over.isEmpty() || over.stream().anyMatch(axis -> axis < 0 || axis >= layout.rank())) {
            throw node.refused("averages over all axes, or over axes that its input does not have");
        }
        Layout mean = layout.withoutPixels();
        Optional<Layout> kept = keepsDimensions ? Optional.of(mean) : mean.squeezed(over);
        operators.append(node, new Operator.GlobalAveragePool(input.operator()), kept.orElseThrow());
    }
}
