package org.evonorm.network.onnx;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.DoubleStream;
import org.evonorm.network.Operator;
import org.evonorm.network.onnx.graph.Constant;
import org.evonorm.network.onnx.graph.OnnxGraph;
import org.evonorm.network.onnx.graph.OnnxNode;
import org.evonorm.network.onnx.layout.Axis;
import org.evonorm.network.onnx.layout.Layout;

/** The translation of what is learned but no layer: class tokens, positions and layer scales. */
final class TokenNodes {

    /** The start of layer scales in the publication of ConvNeXt, where the file has trained ones. */
    private static final double LAYER_SCALE = 1e-6;

    private final OnnxGraph graph;
    private final TranslatedOperators operators;

    TokenNodes(OnnxGraph graph, TranslatedOperators operators) {
        this.graph = graph;
        this.operators = operators;
    }

    /** A learned token before the others, and the sum with learned positions of them that may follow. */
    void classToken(OnnxNode node) {
        if (node.inputs().size() != 2 || graph.constant(node, 0).isEmpty()) {
            throw node.refused(
                    "joins an image and constants, which is supported for one class token before the others");
        }
        Value.View input = operators.input(node, 1);
        int rank = input.layout().rank();
        int axis = node.number("axis", 0);
        int dimension = axis < 0 ? axis + rank : axis;
        List<Long> token = new ArrayList<>(input.layout().sizes());
        if (dimension < 0 || dimension >= rank || !input.layout().isOfAllPixels(dimension)) {
            throw node.refused("joins a class token with another dimension than the one of the tokens");
        }
        token.set(dimension, 1L);
        if (!graph.constant(node, 0).get().dimensions().equals(token)) {
            throw node.refused("joins several tokens before the others, and one class token is supported");
        }
        operators.own(node, node.input(0));
        int tokens = TranslatedOperators.bounded(node, input.layout().sizes().get(dimension) + 1);
        Layout layout = input.layout().withTokens(dimension, tokens);
        Optional<OnnxNode> positions = graph.onlyReader(node.output(), "Add").filter(sum -> hasPositions(sum, layout));
        Value.View others = input;
        if (positions.isPresent()) {
            operators.own(positions.get(), constantInput(positions.get()));
            others = grid(node, input);
        }
        Value.View row = operators.asTokens(node, others);
        operators.append(node, new Operator.ClassToken(row.operator(), positions.isPresent()), layout);
        positions.ifPresent(sum -> operators.put(sum.output(), operators.view(node.output())));
    }

    private boolean hasPositions(OnnxNode sum, Layout layout) {
        return sum.inputs().stream()
                .flatMap(input -> graph.constant(input).stream())
                .anyMatch(constant -> constant.dimensions().equals(withoutSamples(layout)));
    }

    private String constantInput(OnnxNode sum) {
        return graph.constant(sum, 0).isPresent() ? sum.input(0) : sum.input(1);
    }

    /** A sum with learned positions of all pixels. */
    void positions(OnnxNode node, int position) {
        Value.View input = operators.input(node, position);
        List<Long> sizes = graph.constant(node, 1 - position).orElseThrow().dimensions();
        if (!sizes.equals(withoutSamples(input.layout()))
                || input.layout().size(Axis.TOKEN) > 1
                || operators.isPooled(input.operator())) {
            throw node.refused("takes a constant as its input number " + (1 - position)
                    + ", which is not supported but for learned positions of all pixels or tokens");
        }
        operators.own(node, node.input(1 - position));
        grid(node, input);
    }

    /** Appends the positions of a grid of pixels. */
    private Value.View grid(OnnxNode node, Value.View input) {
        int height = input.layout().size(Axis.ROW);
        int width = input.layout().size(Axis.COLUMN);
        operators.append(node, new Operator.Positions(input.operator(), height, width), input.layout());
        return operators.view(node.output());
    }

    private static List<Long> withoutSamples(Layout layout) {
        List<Long> sizes = new ArrayList<>(layout.sizes());
        for (int i = 0; i < sizes.size(); i++) {
            if (layout.isWhole(i, Axis.SAMPLE, layout.size(Axis.SAMPLE))) {
                sizes.set(i, 1L);
            }
        }
        return sizes;
    }

    /** A product with a learned value per channel; false if the constant has no such values. */
    boolean layerScale(OnnxNode node, int position) {
        Optional<Value> value = operators.value(node, position);
        Constant weights = graph.constant(node, 1 - position).orElseThrow();
        if (value.isEmpty()
                || !(value.get() instanceof Value.View view)
                || weights.name().isEmpty()) {
            return false;
        }
        Layout layout = view.layout();
        int channels = operators.channels(view.operator());
        int behind = layout.rank() - weights.dimensions().size();
        boolean hasChannels = false;
        for (int i = 0; i < weights.dimensions().size() && behind >= 0; i++) {
            boolean ofChannels = layout.isWhole(i + behind, Axis.CHANNEL, channels);
            hasChannels |= ofChannels;
            if (weights.dimensions().get(i) != (ofChannels ? channels : 1)) {
                return false;
            }
        }
        if (!hasChannels) {
            return false;
        }
        Value.View input = operators.input(node, position);
        operators.own(node, node.input(1 - position));
        operators.append(node, new Operator.LayerScale(input.operator(), start(weights)), layout);
        return true;
    }

    private static double start(Constant weights) {
        return weights.numbers()
                .filter(values -> DoubleStream.of(values).distinct().count() == 1 && Double.isFinite(values[0]))
                .map(values -> values[0])
                .orElse(LAYER_SCALE);
    }
}
