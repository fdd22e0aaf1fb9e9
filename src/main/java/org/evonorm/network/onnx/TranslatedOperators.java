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

/** The operators of a network under translation, with the values of the graph that they give. */
final class TranslatedOperators {

    private final OnnxGraph graph;
    private final List<Operator> operators = new ArrayList<>();
    /** By operator, its node. */
    private final List<OnnxNode> nodes = new ArrayList<>();
    /** Output channels by operator. */
    private final List<Integer> channels = new ArrayList<>();
    /** Operators whose output has one pixel for every size of images. */
    private final Set<Integer> pooled = new HashSet<>();
    /** By value of the graph, the operator that gives it. */
    private final Map<String, Integer> values = new HashMap<>();
    /** By name of weights, the node that has them. */
    private final Map<String, OnnxNode> owners = new HashMap<>();

    /** No operators; the images are the one value. */
    TranslatedOperators(OnnxGraph graph) {
        this.graph = graph;
        values.put(graph.images(), Operator.IMAGES);
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

    /** The operator that gives a value, if the value is translated. */
    Optional<Integer> giver(String value) {
        return Optional.ofNullable(values.get(value));
    }

    /** The operator that gives an input of a node. */
    int input(OnnxNode node, int position) {
        String value = graph.source(node.input(position));
        return giver(value)
                .orElseThrow(() -> node.refused(
                        graph.isConstant(value)
                                ? "takes a constant as its input number " + position + ", which is not supported"
                                : "reads \"" + value + "\", which is not supported as an image"));
    }

    /**
     * Appends the operator of a node, which gives the node's output.
     *
     * @param onePixel whether its output has one pixel for every size of images
     */
    int append(OnnxNode node, Operator operator, boolean onePixel) {
        nodes.add(node);
        channels.add(Network.channels(operator, channels));
        operators.add(operator);
        if (onePixel) {
            pooled.add(last());
        }
        put(node.output(), last());
        return last();
    }

    /** Puts an operator with as many channels in the place of one. */
    void replace(int operator, Operator other) {
        operators.set(operator, other);
    }

    /** Lets an operator give a further value. */
    void put(String value, int operator) {
        values.put(value, operator);
    }

    /** Notes a node's weights, which no other node may have: every operator has weights of its own. */
    void own(OnnxNode node, String weights) {
        OnnxNode other = owners.putIfAbsent(graph.source(weights), node);
        if (other != null) {
            throw node.refused("has the weights of the " + other.text()
                    + " too, and weights that several nodes share are not supported");
        }
    }
}
