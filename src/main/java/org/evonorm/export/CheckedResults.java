package org.evonorm.export;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Results of the CPU engine beside those of the float64 reference, by name. Every result has an absolute tolerance: a
 * share of the values' mean size, plus a multiple of the engine's own distance from the reference, which is large where
 * terms cancel.
 */
final class CheckedResults {

    /** The relative tolerance, of the values' mean size and of each value. */
    static final double RELATIVE_TOLERANCE = 1e-4;

    private static final double ABSOLUTE_TOLERANCE = 1e-7;
    /** Multiple of the engine's distance from float64 in the tolerance. */
    private static final double OF_ENGINE_ERROR = 4;

    private final Map<String, double[]> found = new LinkedHashMap<>();
    private final Map<String, double[]> exact = new LinkedHashMap<>();

    /** Adds a result; {@code reference} is the float64 reference's. */
    void put(String name, double[] engine, double[] reference) {
        found.put(name, engine);
        exact.put(name, reference);
    }

    /** The reference's values of a result. */
    double[] exact(String name) {
        return exact.get(name);
    }

    boolean isFinite() {
        return Stream.of(found, exact)
                .flatMap(map -> map.values().stream())
                .flatMapToDouble(Arrays::stream)
                .allMatch(Double::isFinite);
    }

    /** The largest distance of a result from the reference, relative to the result's mean size. */
    double error() {
        return found.keySet().stream()
                .mapToDouble(name -> distance(name) / Math.max(meanSize(name), 1e-2))
                .max()
                .orElseThrow();
    }

    private double distance(String name) {
        double[] values = found.get(name);
        double[] expected = exact.get(name);
        return IntStream.range(0, values.length)
                .mapToDouble(i -> Math.abs(values[i] - expected[i]))
                .max()
                .orElse(0);
    }

    /** The mean absolute value of a result. */
    double meanSize(String name) {
        return Arrays.stream(exact.get(name)).map(Math::abs).average().orElse(0);
    }

    /** The engine's values of a result with their tolerance, in this order of indices. */
    ObjectNode json(String name, int[] order) {
        ObjectNode result = JsonNodeFactory.instance.objectNode();
        result.put("atol", (float)
                (ABSOLUTE_TOLERANCE + RELATIVE_TOLERANCE * meanSize(name) + OF_ENGINE_ERROR * distance(name)));
        double[] values = found.get(name);
        result.set(
                "values", array(Arrays.stream(order).mapToDouble(i -> values[i]).toArray()));
        return result;
    }

    /** The engine's values of a result with their tolerance. */
    ObjectNode json(String name) {
        return json(name, IntStream.range(0, found.get(name).length).toArray());
    }

    /** Values of float32 as JSON. */
    static ArrayNode array(double[] values) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode(values.length);
        Arrays.stream(values).forEach(value -> array.add((float) value));
        return array;
    }
}
