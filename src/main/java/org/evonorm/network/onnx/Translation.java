package org.evonorm.network.onnx;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.evonorm.network.ActivationFunction;
import org.evonorm.network.Operator;
import org.evonorm.network.Window;

/** The translation of an ONNX graph to the operators of a network, node by node. */
final class Translation {

    private static final int MOST_CHANNELS = 1 << 16;
    private static final String WEIGHT = ".weight";
    /** The names of the domain of ONNX's own operators. */
    private static final Set<String> STANDARD = Set.of("", "ai.onnx");

    private final OnnxGraph graph;
    private final PlacePattern pattern;
    private final Places places;
    private final TranslatedOperators operators;
    private final List<FoundPlace> found = new ArrayList<>();

    Translation(OnnxGraph graph, Places places) {
        this.graph = graph;
        this.pattern = new PlacePattern(graph);
        this.places = places;
        this.operators = new TranslatedOperators(graph);
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
            if (!STANDARD.contains(node.proto().getDomain())) {
                throw node.refused(
                        "is of the operators \"" + node.proto().getDomain() + "\", and only ONNX's are supported");
            }
            // The activation of a place is translated with the place.
            if (operators.giver(node.output()).isEmpty()) {
                translate(node);
            }
        }
        int last = operators.last();
        if (last < 0
                || !(operators.get(last) instanceof Operator.Dense)
                || !operators.giver(graph.output()).equals(Optional.of(last))) {
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
        Optional<ActivationFunction> function = pattern.function(node);
        if (PlacePattern.NORMALIZATIONS.contains(node.operator())) {
            normalization(node, node.operator(), node.input(1), List.of(node.output()));
            return;
        }
        Optional<PlacePattern.Grouped> grouped = pattern.groupNormalization(node);
        if (grouped.isPresent()) {
            normalization(
                    node,
                    "GroupNormalization",
                    grouped.get().scale(),
                    grouped.get().outputs());
            return;
        }
        if (function.isPresent()) {
            activation(node, function.get());
            return;
        }
        switch (node.operator()) {
            case "Conv" -> convolution(node);
            case "MaxPool", "AveragePool" -> pool(node);
            case "GlobalAveragePool" -> globalAveragePool(node);
            case "ReduceMean" -> reduceMean(node);
            case "Flatten", "Reshape", "Squeeze" -> flatten(node);
            case "Gemm" -> dense(node);
            case "Add" -> {
                int left = operators.input(node, 0);
                operators.append(node, new Operator.Add(left, operators.input(node, 1)), operators.isPooled(left));
            }
            case "Mul" -> product(node);
            case "Concat" -> concatenation(node);
            default -> throw node.refused("is of an operator that is not supported");
        }
    }

    // ---- nodes

    /**
     * A normalization of one or several nodes.
     *
     * @param scale   name of its weights; empty without any
     * @param outputs values of its nodes, of which the last one is the normalization's
     */
    private void normalization(OnnxNode node, String operator, String scale, List<String> outputs) {
        int input = operators.input(node, 0);
        if (input == Operator.IMAGES) {
            throw node.refused("normalizes the images, which are standardized already; leave it out of the export");
        }
        Optional<PlacePattern.Found> activation = pattern.activationOf(outputs.get(outputs.size() - 1))
                .filter(next -> next.function() != ActivationFunction.SIGMOID);
        if (scale.endsWith(WEIGHT)) {
            operators.own(node, scale);
        }
        String name = placeName(node, scale);
        boolean chosen = places.chooses(name, activation.isPresent());
        int place = operators.append(
                node, chosen ? new Operator.Place(input) : new Operator.LinearPlace(input), operators.isPooled(input));
        outputs.forEach(output -> operators.put(output, place));
        found.add(new FoundPlace(
                name,
                operator,
                activation
                        .map(next -> next.function().name().toLowerCase(Locale.ROOT))
                        .orElse("none"),
                place,
                chosen));
        activation.ifPresent(next -> {
            if (chosen) {
                next.outputs().forEach(output -> operators.put(output, place));
            }
        });
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

    private void activation(OnnxNode node, ActivationFunction function) {
        int input = operators.input(node, 0);
        operators.append(node, new Operator.Activation(input, function), operators.isPooled(input));
    }

    private void convolution(OnnxNode node) {
        int input = operators.input(node, 0);
        List<Long> weights = graph.dimensions(node, 1);
        int groups = node.number("group", 1);
        if (weights.size() != 4) {
            throw node.refused("has weights of " + weights.size() + " dimensions, and convolutions of images have 4");
        }
        operators.own(node, node.input(1));
        int outputs = bounded(node, weights.get(0));
        if (groups < 1 || weights.get(1) * groups != operators.channels(input)) {
            throw node.refused("has weights for " + weights.get(1) + " input channels in " + groups + " groups, and its"
                    + " input has " + operators.channels(input) + " channels");
        }
        int[] size = weights.subList(2, 4).stream()
                .mapToInt(side -> bounded(node, side))
                .toArray();
        Window window = OnnxWindow.ofWeights(node, size);
        boolean hasBias = !node.input(2).isEmpty();
        operators.append(
                node,
                new Operator.Convolution(input, outputs, window, groups, hasBias),
                operators.isPooled(input) && window.rows(1) == 1 && window.columns(1) == 1);
    }

    private void pool(OnnxNode node) {
        int input = operators.input(node, 0);
        Window window = OnnxWindow.ofPool(node);
        if (node.operator().equals("MaxPool")) {
            operators.append(node, new Operator.MaxPool(input, window), false);
            return;
        }
        boolean counts =
                node.number("count_include_pad", 0) != 0 && window.padding().largest() > 0;
        if (counts && window.ceiling()) {
            throw node.refused("has count_include_pad with ceil_mode and padding, which are supported one by one");
        }
        operators.append(node, new Operator.AveragePool(input, window, counts), false);
    }

    private void globalAveragePool(OnnxNode node) {
        int input = operators.input(node, 0);
        operators.append(node, new Operator.GlobalAveragePool(input), true);
    }

    private void reduceMean(OnnxNode node) {
        double[] axes = node.attribute("axes")
                .map(list -> list.getIntsList().stream()
                        .mapToDouble(Long::doubleValue)
                        .toArray())
                .or(() -> graph.values(node, 1))
                .orElse(new double[0]);
        Set<Integer> over = new HashSet<>();
        for (double axis : axes) {
            over.add((int) (axis < 0 ? axis + 4 : axis));
        }
        if (!over.equals(Set.of(2, 3))) {
            throw node.refused("averages over other axes than height and width, which is not supported");
        }
        globalAveragePool(node);
    }

    private void flatten(OnnxNode node) {
        int input = operators.input(node, 0);
        if (!operators.isPooled(input)) {
            throw node.refused("flattens an image that has several pixels, or has one at one size of the images alone,"
                    + " which is not supported; end the network in a global average pool, as nn.AdaptiveAvgPool2d(1)");
        }
        operators.put(node.output(), input);
    }

    private void dense(OnnxNode node) {
        int input = operators.input(node, 0);
        List<Long> weights = graph.dimensions(node, 1);
        boolean transposed = node.number("transB", 0) != 0;
        if (weights.size() != 2 || !operators.isPooled(input) || node.number("transA", 0) != 0) {
            throw node.refused("is no dense layer on one pixel per image, which is what is supported");
        }
        if (weights.get(transposed ? 1 : 0) != operators.channels(input)) {
            throw node.refused("has weights for " + weights.get(transposed ? 1 : 0) + " inputs, and its input has "
                    + operators.channels(input) + " channels");
        }
        operators.own(node, node.input(1));
        int units = bounded(node, weights.get(transposed ? 0 : 1));
        operators.append(node, new Operator.Dense(input, units), true);
    }

    /** A swish that is no place's, or the gate of a squeeze-and-excitation. */
    private void product(OnnxNode node) {
        int left = operators.input(node, 0);
        int right = operators.input(node, 1);
        if (isOwnGate(left, right)) {
            swish(node, left, right);
        } else if (isOwnGate(right, left)) {
            swish(node, right, left);
        } else if (operators.isPooled(right) && operators.channels(left) == operators.channels(right)) {
            operators.append(node, new Operator.Scale(left, right), operators.isPooled(left));
        } else if (operators.isPooled(left) && operators.channels(left) == operators.channels(right)) {
            operators.append(node, new Operator.Scale(right, left), operators.isPooled(right));
        } else {
            throw node.refused("multiplies tensors that are no image and one gate per channel, which is not supported");
        }
    }

    private boolean isOwnGate(int value, int gate) {
        return gate >= 0
                && operators.get(gate) instanceof Operator.Activation activation
                && activation.input() == value
                && activation.function() == ActivationFunction.SIGMOID;
    }

    /** Replaces the last sigmoid, if the product alone reads it, and leaves it where others do. */
    private void swish(OnnxNode node, int value, int gate) {
        if (gate == operators.last()
                && graph.readers(operators.node(gate).output()).size() == 1) {
            operators.replace(gate, new Operator.Activation(value, ActivationFunction.SWISH));
            operators.put(node.output(), gate);
        } else {
            operators.append(node, new Operator.Activation(value, ActivationFunction.SWISH), operators.isPooled(value));
        }
    }

    private void concatenation(OnnxNode node) {
        if (node.number("axis", 1) != 1 && node.number("axis", 1) != -3) {
            throw node.refused("joins another axis than the channels, which is not supported");
        }
        List<Integer> inputs = new ArrayList<>();
        long sum = 0;
        boolean allPooled = true;
        for (int i = 0; i < node.inputs().size(); i++) {
            inputs.add(operators.input(node, i));
            sum += operators.channels(inputs.get(i));
            allPooled &= operators.isPooled(inputs.get(i));
        }
        if (inputs.size() == 1) {
            operators.put(node.output(), inputs.get(0));
            return;
        }
        bounded(node, sum);
        operators.append(node, new Operator.Concatenation(inputs), allPooled);
    }

    /** A size of the file as it is, unless it is out of range. */
    private static int bounded(OnnxNode node, long size) {
        if (size < 1 || size > MOST_CHANNELS) {
            throw node.refused("has a size of " + size + ", and sizes from 1 to " + MOST_CHANNELS + " are supported");
        }
        return (int) size;
    }
}
