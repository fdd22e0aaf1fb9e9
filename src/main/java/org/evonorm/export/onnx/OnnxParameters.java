package org.evonorm.export.onnx;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.evonorm.export.layer.ExportedLayer;
import org.evonorm.export.layer.RunningStatistic;
import org.evonorm.graph.CanonicalForm;
import org.evonorm.graph.ChannelVectors;
import org.evonorm.graph.LayerGraph;
import org.evonorm.graph.Statistic;
import org.evonorm.graph.TrainableVector;
import org.evonorm.text.Quotation;

/**
 * The values of a layer's trainable vectors and running statistics, by the names that the exported modules have for
 * them: in evaluation mode a layer is a function only together with these.
 *
 * @param channels number of channels
 * @param values   by name: [C], or [1] for a vector with one value per layer
 */
public record OnnxParameters(int channels, Map<String, float[]> values) {

    /** Most channels of a model. */
    public static final int MOST_CHANNELS = 16_384;

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** The constructor throws IllegalArgumentException for an impossible number of channels. */
    public OnnxParameters {
        if (channels < 1 || channels > MOST_CHANNELS) {
            throw new IllegalArgumentException("a model has 1 to " + MOST_CHANNELS + " channels, not " + channels
                    + "; give --channels such a number");
        }
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /** The values of a new layer, whose running statistics are a mean of 0, a mean square of 1 and a variance of 1. */
    public static OnnxParameters initial(ExportedLayer exported, int channels) {
        Map<String, float[]> values = new LinkedHashMap<>();
        vectors(exported).forEach((name, vector) -> {
            float[] start = new float[vector.size(channels)];
            Arrays.fill(start, (float) vector.start());
            values.put(name, start);
        });
        for (RunningStatistic running : statistics(exported)) {
            float[] start = new float[channels];
            Arrays.fill(start, running.statistic() == Statistic.MEAN ? 0 : 1);
            values.put(running.name(), start);
        }
        return new OnnxParameters(channels, values);
    }

    /**
     * Trained values, the running statistics in the {@linkplain RunningStatistic#inOrderOfEngine order of the engine}.
     */
    public static OnnxParameters of(ExportedLayer exported, ChannelVectors vectors, List<float[]> running) {
        Map<String, double[]> all =
                Map.of("v0", vectors.v0(), "v1", vectors.v1(), "gamma", vectors.gamma(), "beta", vectors.beta());
        Map<String, float[]> values = new LinkedHashMap<>();
        vectors(exported).keySet().forEach(name -> values.put(name, floats(all.get(name))));
        List<String> aggregates = RunningStatistic.inOrderOfEngine(exported.layer()).stream()
                .map(RunningStatistic::aggregate)
                .toList();
        for (RunningStatistic statistic : statistics(exported)) {
            values.put(statistic.name(), running.get(aggregates.indexOf(statistic.aggregate())));
        }
        return new OnnxParameters(vectors.gamma().length, values);
    }

    /** The trainable vectors; a vector that the layer lacks has its start value. */
    public ChannelVectors vectors() {
        ChannelVectors initial = ChannelVectors.initial(channels);
        return new ChannelVectors(
                doubles("v0", initial.v0()),
                doubles("v1", initial.v1()),
                doubles("gamma", initial.gamma()),
                doubles("beta", initial.beta()));
    }

    private double[] doubles(String name, double[] otherwise) {
        float[] floats = values.get(name);
        return floats == null
                ? otherwise
                : IntStream.range(0, floats.length).mapToDouble(i -> floats[i]).toArray();
    }

    /**
     * Values from JSON: an object with an array of numbers per name, as the {@code state_dict} of the PyTorch module
     * has them. Counts of batches ({@code counter.…}) are left out.
     *
     * @param place where the text is from, for messages
     * @throws IllegalArgumentException if the text is no such object, or names or lengths are not the layer's
     */
    public static OnnxParameters read(ExportedLayer exported, String json, String place) {
        JsonNode tree;
        try {
            tree = JSON.readTree(json);
        } catch (JacksonException e) {
            throw new IllegalArgumentException(place + " is no JSON: " + Quotation.shown(e.getOriginalMessage()), e);
        }
        if (!tree.isObject()) {
            throw new IllegalArgumentException(place + " must hold a JSON object of arrays of numbers");
        }
        Map<String, TrainableVector> vectors = vectors(exported);
        List<String> names = new ArrayList<>(vectors.keySet());
        statistics(exported).forEach(running -> names.add(running.name()));
        tree.fieldNames().forEachRemaining(name -> {
            if (!names.contains(name) && !name.startsWith("counter.")) {
                throw new IllegalArgumentException(place + " has values of " + Quotation.of(name) + "; the layer has "
                        + (names.isEmpty() ? "no parameters" : String.join(", ", names)));
            }
        });
        Map<String, float[]> values = new LinkedHashMap<>();
        names.forEach(name -> values.put(name, numbers(tree, name, place)));
        return new OnnxParameters(channels(values, vectors, place), values);
    }

    private static float[] numbers(JsonNode tree, String name, String place) {
        JsonNode array = tree.path(name);
        if (!array.isArray()) {
            throw new IllegalArgumentException(place + " lacks an array of numbers " + Quotation.of(name));
        }
        float[] values = new float[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.get(i).isNumber() ? array.get(i).floatValue() : Float.NaN;
            if (!Float.isFinite(values[i])) {
                throw new IllegalArgumentException(
                        place + ": value " + i + " of " + Quotation.of(name) + " is no number of float32");
            }
        }
        return values;
    }

    /** The number of channels that all arrays agree on. */
    private static int channels(Map<String, float[]> values, Map<String, TrainableVector> vectors, String place) {
        Map<String, Integer> lengths = values.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> entry.getValue().length, (a, b) -> a, LinkedHashMap::new));
        lengths.forEach((name, length) -> {
            if (isPerLayer(vectors.get(name)) && length != 1) {
                throw new IllegalArgumentException(
                        place + " has " + length + " values of " + name + "; the layer has one value per layer there");
            }
        });
        lengths.keySet().removeIf(name -> isPerLayer(vectors.get(name)));
        List<Integer> channels = lengths.values().stream().distinct().toList();
        if (channels.size() > 1) {
            throw new IllegalArgumentException(place + " has arrays of different lengths: "
                    + lengths.entrySet().stream()
                            .map(entry -> entry.getKey() + " " + entry.getValue())
                            .collect(Collectors.joining(", ")));
        }
        if (channels.isEmpty()) {
            throw new IllegalArgumentException("the layer has no value per channel, so " + place
                    + " says nothing of the number of channels; give --channels instead");
        }
        return channels.get(0);
    }

    private static boolean isPerLayer(TrainableVector vector) {
        return vector != null && vector.per() == TrainableVector.Per.LAYER;
    }

    /** The trainable vectors of a layer by name. */
    private static Map<String, TrainableVector> vectors(ExportedLayer exported) {
        Map<String, TrainableVector> vectors = new LinkedHashMap<>();
        if (exported.layer().affine()) {
            vectors.put("gamma", new TrainableVector(TrainableVector.Per.CHANNEL, 1));
            vectors.put("beta", new TrainableVector(TrainableVector.Per.CHANNEL, 0));
        }
        if (CanonicalForm.reachable(exported.layer().graph()).get(LayerGraph.V0)) {
            vectors.put("v0", exported.layer().vectors().v0());
        }
        if (CanonicalForm.reachable(exported.layer().graph()).get(LayerGraph.V1)) {
            vectors.put("v1", exported.layer().vectors().v1());
        }
        return vectors;
    }

    private static List<RunningStatistic> statistics(ExportedLayer exported) {
        return List.copyOf(
                RunningStatistic.of(CanonicalForm.reduced(exported.layer().graph()))
                        .values());
    }

    private static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }
}
