package org.evonorm.network.onnx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.evonorm.network.Network;
import org.evonorm.network.Operator;
import org.evonorm.network.onnx.graph.ImageInput;
import org.evonorm.network.onnx.graph.OnnxException;
import org.evonorm.network.onnx.graph.OnnxGraph;
import org.evonorm.network.onnx.graph.OnnxNode;
import org.evonorm.network.onnx.layout.Axis;
import org.evonorm.network.onnx.layout.Layout;
import org.evonorm.network.onnx.layout.Part;
import org.evonorm.network.onnx.pattern.RandomNumbers;

/** The operators of a network under translation, with the values of the graph that they give. */
final class TranslatedOperators {

    private static final int MOST_CHANNELS = 1 << 16;

    private final OnnxGraph graph;
    private final List<Operator> operators = new ArrayList<>();
    /** By operator, its node. */
    private final List<OnnxNode> nodes = new ArrayList<>();
    /** Output channels by operator. */
    private final List<Integer> channels = new ArrayList<>();
    /** Operators whose output has one pixel for every size of images. */
    private final Set<Integer> pooled = new HashSet<>();

    private final Map<String, Value> values = new HashMap<>();
    /** By name of weights, the node that has them. */
    private final Map<String, OnnxNode> owners = new HashMap<>();

    /** No operators; the images are the one value. */
    TranslatedOperators(OnnxGraph graph) {
        this.graph = graph;
        ImageInput images = graph.images();
        put(
                images.name(),
                new Value.View(
                        Operator.IMAGES,
                        Layout.images(images.samples(), images.channels(), images.height(), images.width())));
    }

    /** All operators, in order. */
    List<Operator> list() {
        return List.copyOf(operators);
    }

    /** Index of the last operator; below 0 without any. */
    int last() {
        return operators.size() - 1;
    }

    Operator get(int operator) {
        return operators.get(operator);
    }

    /** The node that an operator comes from. */
    OnnxNode node(int operator) {
        return nodes.get(operator);
    }

    /** Output channels of an operator, or of the images. */
    int channels(int operator) {
        return Network.channels(operator, channels);
    }

    /** Whether an operator's output has one pixel for every size of images. */
    boolean isPooled(int operator) {
        return pooled.contains(operator);
    }

    // ---- values

    /** A value, if it is translated. */
    Optional<Value> value(String name) {
        return Optional.ofNullable(values.get(graph.source(name)));
    }

    /** An input of a node, if it depends on the images and is translated. */
    Optional<Value> value(OnnxNode node, int position) {
        return value(node.input(position));
    }

    /** Lets a name stand for a value. */
    void put(String name, Value value) {
        values.put(name, value);
    }

    /** The activations that a name stands for, which are translated. */
    Value.View view(String name) {
        return (Value.View) value(name).orElseThrow();
    }

    /** An input of a node that depends on the images. */
    Value any(OnnxNode node, int position) {
        return value(node, position).orElseThrow(() -> missing(node, position));
    }

    /** An input of a node: some activations of an operator, or all. */
    Value.View part(OnnxNode node, int position) {
        Value value = any(node, position);
        if (value instanceof Value.View view) {
            return view;
        }
        throw node.refused("reads the scores of an attention, which is not supported");
    }

    /** An input of a node: all activations of an operator. */
    Value.View input(OnnxNode node, int position) {
        Value.View view = part(node, position);
        if (view.factor() != 1) {
            throw node.refused("reads a product with a number, which is supported in attention alone");
        }
        if (view.layout().size(Axis.CHANNEL) != channels(view.operator())) {
            throw node.refused("takes a part of the channels, which is supported in attention alone");
        }
        return view;
    }

    private OnnxException missing(OnnxNode node, int position) {
        String value = graph.source(node.input(position));
        if (graph.constant(value).isPresent()) {
            return node.refused("takes a constant as its input number " + position + ", which is not supported");
        }
        if (RandomNumbers.areIn(graph, value)) {
            return node.refused(
                    "reads random numbers, as stochastic depth (drop_path) draws them; build the model with a"
                            + " rate of 0 for the export (stochastic_depth_prob=0.0, drop_path_rate=0.0)");
        }
        return node.refused("reads \"" + value + "\", which is not supported as an image");
    }

    // ---- operators

    /**
     * Appends the operator of a node, which gives the node's output.
     *
     * @param layout the order of its activations, where one without pixels stands for one pixel for every size of images
     */
    int append(OnnxNode node, Operator operator, Layout layout) {
        nodes.add(node);
        channels.add(Network.channels(operator, channels));
        operators.add(operator);
        if (layout.equals(layout.withoutPixels())) {
            pooled.add(last());
        }
        put(node.output(), new Value.View(last(), layout));
        return last();
    }

    /** Puts an operator with as many channels in the place of one. */
    void replace(int operator, Operator other) {
        operators.set(operator, other);
    }

    /**
     * The tokens of a view whose pixels are in one dimension. From there on every such view of the operator is one of the
     * tokens.
     */
    Value.View asTokens(OnnxNode node, Value.View view) {
        Optional<Integer> merged = mergedDimension(view.layout());
        if (merged.isEmpty()) {
            return view;
        }
        bounded(node, view.layout().sizes().get(merged.get()));
        nodes.add(node);
        channels.add(channels(view.operator()));
        operators.add(new Operator.Tokens(view.operator()));
        values.replaceAll((name, value) -> value instanceof Value.View other && other.operator() == view.operator()
                ? tokens(other, last())
                : value);
        return tokens(view, last());
    }

    private static Value.View tokens(Value.View view, int operator) {
        Layout layout = view.layout();
        return mergedDimension(layout)
                .map(dimension -> new Value.View(
                        operator,
                        layout.withTokens(dimension, (int) (long) layout.sizes().get(dimension)),
                        view.factor()))
                .orElse(view);
    }

    private static Optional<Integer> mergedDimension(Layout layout) {
        for (int i = 0; i < layout.rank(); i++) {
            List<Axis> axes =
                    layout.dimensions().get(i).stream().map(Part::axis).toList();
            if (axes.equals(List.of(Axis.ROW, Axis.COLUMN))) {
                return Optional.of(i);
            }
        }
        return Optional.empty();
    }

    /** Notes a node's weights, which no other node may have: every operator has weights of its own. */
    void own(OnnxNode node, String weights) {
        String name = graph.constant(weights)
                .map(constant -> constant.name())
                .filter(stored -> !stored.isEmpty())
                .orElse(graph.source(weights));
        OnnxNode other = owners.putIfAbsent(name, node);
        if (other != null) {
            throw node.refused("has the weights of the " + other.text()
                    + " too, and weights that several nodes share are not supported");
        }
    }

    /** A size of the file as it is, unless it is out of range. */
    static int bounded(OnnxNode node, long size) {
        if (size < 1 || size > MOST_CHANNELS) {
            throw node.refused("has a size of " + size + ", and sizes from 1 to " + MOST_CHANNELS + " are supported");
        }
        return (int) size;
    }
}
