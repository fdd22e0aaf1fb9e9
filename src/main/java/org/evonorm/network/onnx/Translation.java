package org.evonorm.network.onnx;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.evonorm.network.ActivationFunction;
import org.evonorm.network.Operator;
import org.evonorm.network.onnx.graph.OnnxException;
import org.evonorm.network.onnx.graph.OnnxGraph;
import org.evonorm.network.onnx.graph.OnnxNode;
import org.evonorm.network.onnx.layout.Axis;
import org.evonorm.network.onnx.pattern.ActivationPattern;
import org.evonorm.network.onnx.pattern.NormalizationPattern;

/** The translation of an ONNX graph to the operators of a network, node by node. */
final class Translation {

    private static final String WEIGHT = ".weight";
    /** The operators that ask for the shape of their input alone. */
    private static final Set<String> ASKING = Set.of("Shape", "Size");

    private final OnnxGraph graph;
    private final ActivationPattern activations;
    private final NormalizationPattern normalizations;
    private final Places places;
    private final TranslatedOperators operators;
    private final ImageNodes images;
    private final LayoutNodes layouts;
    private final DenseNodes dense;
    private final AttentionNodes attention;
    private final SumNodes sums;
    private final List<FoundPlace> found = new ArrayList<>();

    Translation(OnnxGraph graph, Places places) {
        this.graph = graph;
        this.activations = new ActivationPattern(graph);
        this.normalizations = new NormalizationPattern(graph);
        this.places = places;
        this.operators = new TranslatedOperators(graph);
        this.images = new ImageNodes(graph, operators);
        this.layouts = new LayoutNodes(graph, operators);
        this.dense = new DenseNodes(graph, operators);
        this.attention = new AttentionNodes(graph, operators);
        this.sums = new SumNodes(graph, operators, attention);
    }

    /** The normalizations of the graph, after {@link #run}. */
    List<FoundPlace> places() {
        return List.copyOf(found);
    }

    /** The node that an operator comes from. */
    OnnxNode node(int operator) {
        return operators.node(operator);
    }

    /** The operators; the last one gives the logits. */
    List<Operator> run() {
        for (OnnxNode node : graph.nodes()) {
            if (!OnnxGraph.isStandard(node)) {
                throw node.refused(
                        "is of the operators \"" + node.proto().getDomain() + "\", and only ONNX's are supported");
            }
            // Nodes of a pattern are translated with its first one.
            if (operators.value(node.output()).isEmpty()) {
                translate(node);
            }
        }
        int last = operators.last();
        if (last < 0
                || !(operators.get(last) instanceof Operator.Dense)
                || !operators
                        .value(graph.output())
                        .filter(value -> isAll(value, last))
                        .isPresent()) {
            throw new OnnxException("its output is not the one of a last dense layer (Gemm), as a classifier's is");
        }
        if (found.isEmpty()) {
            throw new OnnxException("it has no places, since no normalization is left in it; exporters fold"
                    + " BatchNormalization into convolutions unless the export is told to keep it (docs/networks.md has"
                    + " the call)");
        }
        requireNames();
        if (found.stream().noneMatch(FoundPlace::chosen)) {
            throw new OnnxException("none of its " + found.size()
                    + " normalizations is a place, since none has an activation; choose all as places");
        }
        return operators.list();
    }

    private static boolean isAll(Value value, int operator) {
        return value instanceof Value.View view
                && view.operator() == operator
                && view.layout().rank() == 2;
    }

    private void requireNames() {
        Set<String> known = new HashSet<>();
        found.forEach(place -> known.add(place.name()));
        for (String name : places.names()) {
            if (!known.contains(name)) {
                throw new OnnxException("it has no normalization \"" + name + "\"; evonorm network lists their names");
            }
        }
    }

    private void translate(OnnxNode node) {
        boolean readsImages =
                node.inputs().stream().anyMatch(input -> operators.value(input).isPresent());
        if (!readsImages) {
            // What is not known how to compute is refused by the node that needs it.
            graph.fold(node);
        } else if (ASKING.contains(node.operator())) {
            graph.answer(node, operators.part(node, 0).layout().sizes());
        } else if (!isPlace(node) && !isActivation(node)) {
            translateOther(node);
        }
    }

    private void translateOther(OnnxNode node) {
        switch (node.operator()) {
            case "Conv" -> images.convolution(node);
            case "MaxPool", "AveragePool" -> images.pool(node);
            case "GlobalAveragePool" -> images.globalAveragePool(node);
            case "ReduceMean" -> images.reduceMean(node);
            case "Flatten" -> layouts.flatten(node);
            case "Reshape" -> layouts.reshape(node);
            case "Squeeze" -> layouts.squeeze(node);
            case "Unsqueeze" -> layouts.unsqueeze(node);
            case "Transpose" -> layouts.transpose(node);
            case "Gather" -> layouts.gather(node);
            case "Slice" -> layouts.slice(node);
            case "Split" -> layouts.split(node);
            case "Gemm" -> dense.gemm(node);
            case "MatMul" -> {
                if (graph.constant(node, 1).isPresent()) {
                    dense.product(node);
                } else {
                    attention.product(node);
                }
            }
            case "Softmax" -> attention.softmax(node);
            case "Attention" -> attention.attention(node);
            case "Add" -> sums.sum(node);
            case "Mul" -> sums.product(node);
            case "Div" -> sums.quotient(node);
            case "Concat" -> sums.concatenation(node);
            default -> throw node.refused("is of an operator that is not supported");
        }
    }

    // ---- places

    /** Translates the normalization that begins with a node, and the activation after it. */
    private boolean isPlace(OnnxNode node) {
        Optional<Value> value = operators.value(node, 0);
        if (value.isEmpty() || !(value.get() instanceof Value.View view)) {
            return false;
        }
        Optional<NormalizationPattern.Found> normalization =
                normalizations.of(node, view.layout().rank(), operators.channels(view.operator()));
        normalization.ifPresent(pattern -> place(node, pattern));
        return normalization.isPresent();
    }

    private void place(OnnxNode node, NormalizationPattern.Found pattern) {
        Value.View input = normalized(node, pattern.ofChannels());
        List<String> outputs = pattern.outputs();
        Optional<ActivationPattern.Found> activation = activations
                .of(outputs.get(outputs.size() - 1))
                .filter(next -> next.function() != ActivationFunction.SIGMOID);
        if (pattern.scale().endsWith(WEIGHT)) {
            operators.own(node, pattern.scale());
        }
        String name = placeName(node, pattern.scale());
        boolean chosen = places.chooses(name, activation.isPresent());
        int place = operators.append(
                node,
                chosen ? new Operator.Place(input.operator()) : new Operator.LinearPlace(input.operator()),
                input.layout());
        outputs.forEach(output -> operators.put(output, new Value.View(place, input.layout())));
        found.add(new FoundPlace(
                name,
                pattern.operator(),
                activation
                        .map(next -> next.function().name().toLowerCase(Locale.ROOT))
                        .orElse("none"),
                place,
                chosen));
        if (chosen) {
            Value.View view = new Value.View(place, input.layout());
            activation.ifPresent(next -> swallow(view, next));
        }
    }

    /** The input of a normalization, as tokens where it is one of tokens. */
    private Value.View normalized(OnnxNode node, boolean ofChannels) {
        Value.View input = operators.input(node, 0);
        if (input.operator() == Operator.IMAGES) {
            throw node.refused("normalizes the images, which are standardized already; leave it out of the export");
        }
        Value.View view = ofChannels ? operators.asTokens(node, input) : input;
        int dimension = ofChannels ? view.layout().rank() - 1 : 1;
        if (dimension < 1
                || dimension >= view.layout().rank()
                || !view.layout().isWhole(dimension, Axis.CHANNEL, operators.channels(view.operator()))) {
            throw node.refused("normalizes a dimension that is not the one of the channels, which is not supported");
        }
        return view;
    }

    /** Lets a place give the values of its activation. */
    private void swallow(Value.View view, ActivationPattern.Found activation) {
        activation.transposes().forEach(layouts::transpose);
        List<OnnxNode> transposes = activation.transposes();
        Value.View given = transposes.isEmpty()
                ? view
                : operators.view(transposes.get(transposes.size() - 1).output());
        activation.outputs().forEach(output -> operators.put(output, given));
    }

    /** The path of the module that wrote a normalization, which its weights are named after, or the node's name. */
    private static String placeName(OnnxNode node, String scale) {
        if (scale.endsWith(WEIGHT)) {
            return scale.substring(0, scale.length() - WEIGHT.length());
        }
        return node.proto().getName().isEmpty()
                ? "node " + node.index()
                : node.proto().getName();
    }

    /** Translates the activation that begins with a node. */
    private boolean isActivation(OnnxNode node) {
        Optional<ActivationPattern.Found> activation = activations
                .function(node)
                .map(function -> new ActivationPattern.Found(function, List.of(node.output())))
                .or(() -> activations.gelu(node));
        activation.ifPresent(pattern -> {
            int position = operators.value(node, 0).isPresent() ? 0 : 1;
            Value.View input = operators.input(node, position);
            int operator = operators.append(
                    node, new Operator.Activation(input.operator(), pattern.function()), input.layout());
            pattern.outputs().forEach(output -> operators.put(output, new Value.View(operator, input.layout())));
        });
        return activation.isPresent();
    }
}
