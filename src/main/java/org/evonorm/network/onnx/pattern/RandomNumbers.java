package org.evonorm.network.onnx.pattern;

import java.util.Optional;
import java.util.Set;
import org.evonorm.network.onnx.graph.Constant;
import org.evonorm.network.onnx.graph.OnnxGraph;
import org.evonorm.network.onnx.graph.OnnxNode;

/**
 * Random numbers in a graph, which PyTorch's exporters write for dropped paths, and for dropout in place. Evaluation has
 * none of them.
 */
public final class RandomNumbers {

    private static final Set<String> DRAWING = Set.of(
            "RandomUniform", "RandomUniformLike", "RandomNormal", "RandomNormalLike", "Bernoulli", "Multinomial");
    /** The most nodes between a random number and its use. */
    private static final int FARTHEST = 16;

    private RandomNumbers() {}

    /** Whether a value comes from random numbers. */
    public static boolean areIn(OnnxGraph graph, String value) {
        String at = value;
        for (int i = 0; i < FARTHEST; i++) {
            Optional<OnnxNode> giver = graph.giver(at);
            if (giver.isEmpty() || giver.get().inputs().isEmpty()) {
                return giver.filter(node -> DRAWING.contains(node.operator())).isPresent();
            }
            if (DRAWING.contains(giver.get().operator())) {
                return true;
            }
            at = giver.get().input(0);
        }
        return false;
    }

    /**
     * Whether a value is a mask of zeros and ones, which are kept at some rate, divided by the rate: in evaluation it is
     * left out.
     */
    public static boolean isMask(OnnxGraph graph, String value) {
        Optional<OnnxNode> divided =
                graph.giver(value).filter(node -> node.operator().equals("Div"));
        Optional<OnnxNode> drawn = divided.flatMap(node -> graph.giver(node.input(0)))
                .filter(node -> node.operator().equals("Less"));
        Optional<Double> rate = divided.flatMap(node -> number(graph, node));
        return drawn.isPresent()
                && rate.isPresent()
                && rate.equals(drawn.flatMap(node -> number(graph, node)))
                && graph.giver(drawn.get().input(0))
                        .filter(node -> node.operator().startsWith("RandomUniform"))
                        .filter(RandomNumbers::isFromZeroToOne)
                        .isPresent();
    }

    private static Optional<Double> number(OnnxGraph graph, OnnxNode node) {
        return graph.constant(node, 1).flatMap(Constant::number);
    }

    private static boolean isFromZeroToOne(OnnxNode node) {
        float low = node.attribute("low").map(value -> value.getF()).orElse(0f);
        float high = node.attribute("high").map(value -> value.getF()).orElse(1f);
        return low == 0 && high == 1;
    }
}
