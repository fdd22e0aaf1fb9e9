package org.evonorm.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.evonorm.graph.ChannelVectors;
import org.evonorm.graph.Layer;
import org.evonorm.graph.ReferenceEvaluation;
import org.evonorm.graph.TensorShape;
import org.evonorm.program.LoweredLayer.Point;

/** Holds values, gradients and statistics of a layer's program to the float64 reference. */
final class Comparison {

    private final TensorShape shape;

    Comparison(TensorShape shape) {
        this.shape = shape;
    }

    /** What the reference computes in training mode. */
    LoweredLayer expected(Layer layer, Point point, double[] dy) {
        ReferenceEvaluation reference = new ReferenceEvaluation(shape);
        double[] y = reference.train(layer, point.x(), point.vectors());
        List<double[]> statistics = new ArrayList<>(reference.batchStatistics().values());
        ReferenceEvaluation.Gradient gradient = reference.gradient(dy);
        return new LoweredLayer(y, gradient.x(), gradient.vectors(), statistics);
    }

    /** How much an exact computation changes when its input does by what many roundings do. */
    double sensitivity(Layer layer, Point point, double[] dy) {
        ChannelVectors vectors = point.vectors();
        Point nudged = new Point(
                nudged(point.x()),
                new ChannelVectors(
                        nudged(vectors.v0()), nudged(vectors.v1()), nudged(vectors.gamma()), nudged(vectors.beta())));
        Map<String, double[]> exact = parts(expected(layer, point, dy));
        Map<String, double[]> other = parts(expected(layer, nudged, dy));
        double most = 0;
        for (Map.Entry<String, double[]> part : exact.entrySet()) {
            double[] values = part.getValue();
            for (int i = 0; i < values.length; i++) {
                double change = Math.abs(values[i] - other.get(part.getKey())[i]) / (1 + size(values));
                most = change <= most ? most : change;
                most = Double.isFinite(change) ? most : Double.POSITIVE_INFINITY;
            }
        }
        return most;
    }

    private static double[] nudged(double[] values) {
        double[] nudged = new double[values.length];
        Arrays.setAll(nudged, i -> values[i] * (1 + 1e-12 * (1 + i % 3)));
        return nudged;
    }

    /** @param tolerance relative to the largest of each tensor or vector, or to 1 */
    static void assertClose(LoweredLayer expected, LoweredLayer actual, double tolerance, String what) {
        Map<String, double[]> others = parts(actual);
        assertEquals(parts(expected).keySet(), others.keySet(), what);
        parts(expected)
                .forEach((part, values) -> assertClose(values, others.get(part), tolerance, part + " of " + what));
    }

    static void assertClose(double[] expected, double[] actual, double tolerance, String what) {
        double allowed = tolerance * (1 + size(expected));
        assertEquals(expected.length, actual.length, what);
        for (int i = 0; i < expected.length; i++) {
            int index = i;
            assertTrue(
                    Math.abs(expected[i] - actual[i]) <= allowed,
                    () -> what + "[" + index + "]: " + actual[index] + " for " + expected[index]);
        }
    }

    private static double size(double[] values) {
        return Arrays.stream(values).map(Math::abs).max().orElse(0);
    }

    private static Map<String, double[]> parts(LoweredLayer layer) {
        ChannelVectors gradients = layer.gradients();
        Map<String, double[]> parts = new LinkedHashMap<>();
        parts.put("y", layer.y());
        parts.put("dx", layer.dx());
        parts.put("dv0", gradients.v0());
        parts.put("dv1", gradients.v1());
        parts.put("dgamma", gradients.gamma());
        parts.put("dbeta", gradients.beta());
        for (int i = 0; i < layer.statistics().size(); i++) {
            parts.put("statistic " + i, layer.statistics().get(i));
        }
        return parts;
    }

    /** The output in evaluation mode by the reference, with averages in the order of nodes. */
    double[] evaluated(Layer layer, Point point, List<double[]> averages) {
        ReferenceEvaluation reference = new ReferenceEvaluation(shape);
        reference.train(layer, point.x(), point.vectors());
        Map<Integer, double[]> byNode = reference.batchStatistics();
        int index = 0;
        for (Map.Entry<Integer, double[]> entry : byNode.entrySet()) {
            entry.setValue(averages.get(index++));
        }
        return reference.evaluate(layer, point.x(), point.vectors(), byNode);
    }

    TensorShape shape() {
        return shape;
    }
}
