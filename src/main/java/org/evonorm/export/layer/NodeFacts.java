package org.evonorm.export.layer;

import java.util.ArrayList;
import java.util.List;
import org.evonorm.graph.Aggregate;
import org.evonorm.graph.Elementwise;
import org.evonorm.graph.Layer;
import org.evonorm.graph.LayerGraph;
import org.evonorm.graph.Node;
import org.evonorm.graph.Statistic;
import org.evonorm.graph.TrainableVector;

/**
 * Facts about a node's value that hold for every input, by which exported code computes no more than it must.
 *
 * @param batch         whether the value may differ between samples
 * @param space         whether the value may differ between positions of a map
 * @param channels      whether the value may differ between channels
 * @param isNonNegative whether the value is never below 0
 */
public record NodeFacts(boolean batch, boolean space, boolean channels, boolean isNonNegative) {

    /** The facts of a graph's nodes in training mode, by id. */
    public static List<NodeFacts> of(Layer layer) {
        LayerGraph graph = layer.graph();
        List<NodeFacts> facts = new ArrayList<>();
        facts.add(new NodeFacts(true, true, true, false));
        facts.add(new NodeFacts(false, false, false, true));
        facts.add(of(layer.vectors().v0()));
        facts.add(of(layer.vectors().v1()));
        graph.nodes().forEach(node -> facts.add(of(node, facts)));
        return List.copyOf(facts);
    }

    private static NodeFacts of(TrainableVector vector) {
        return new NodeFacts(false, false, vector.per() == TrainableVector.Per.CHANNEL, false);
    }

    private static NodeFacts of(Node node, List<NodeFacts> facts) {
        NodeFacts a = facts.get(node.inputs().get(0));
        NodeFacts b = facts.get(node.inputs().get(node.inputs().size() - 1));
        if (node.primitive() instanceof Aggregate aggregate) {
            boolean isNonNegative = aggregate.statistic() != Statistic.MEAN || a.isNonNegative;
            return switch (aggregate.over()) {
                case BWH -> new NodeFacts(false, false, a.channels, isNonNegative);
                case WH -> new NodeFacts(a.batch, false, a.channels, isNonNegative);
                case WHC -> new NodeFacts(a.batch, false, false, isNonNegative);
                case C -> new NodeFacts(a.batch, a.space, false, isNonNegative);
                case WHCG -> new NodeFacts(a.batch, false, true, isNonNegative);
            };
        }
        return new NodeFacts(
                a.batch || b.batch,
                a.space || b.space,
                a.channels || b.channels,
                isNonNegative((Elementwise) node.primitive(), a.isNonNegative, b.isNonNegative));
    }

    private static boolean isNonNegative(Elementwise primitive, boolean a, boolean b) {
        return switch (primitive) {
            case EXP, SIGMOID, ABS, SQUARE -> true;
            case MAX -> a || b;
            case ADD, MUL, DIV -> a && b;
            case SQRT, TANH, ERF -> a;
            case NEG, LOG -> false;
        };
    }

    /** Whether the value has the shape of the input. */
    public boolean isWhole() {
        return batch && space && channels;
    }
}
