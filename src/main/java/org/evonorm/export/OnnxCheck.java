package org.evonorm.export;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.evonorm.engine.cpu.LayerRuns;
import org.evonorm.export.layer.ExportedLayer;
import org.evonorm.export.layer.RunningStatistic;
import org.evonorm.export.onnx.OnnxLayout;
import org.evonorm.export.onnx.OnnxParameters;
import org.evonorm.graph.CanonicalLayer;
import org.evonorm.graph.ChannelVectors;
import org.evonorm.graph.Formula;
import org.evonorm.graph.Layer;
import org.evonorm.graph.ReferenceEvaluation;
import org.evonorm.graph.TensorShape;

/**
 * The check file of an ONNX model: the layer's output in evaluation mode, with the model's own parameters, on small
 * random inputs in the model's layout, as the CPU engine computes it. A second case has inputs that are zero or at a
 * tie.
 */
public final class OnnxCheck {

    private static final int SAMPLES = 3;
    private static final int POSITIONS = 8;
    /** Draws of inputs, of which the one with the smallest error is taken. */
    private static final int DRAWS = 3;
    /** The largest error at zeros and ties; above it, rounding decides the side. */
    private static final double MOST_ERROR_AT_EDGES = 1e-3;

    private static final JsonMapper JSON = new JsonMapper();

    private final Layer layer;
    private final TensorShape shape;
    private final ChannelVectors vectors;
    private final List<float[]> running;
    private final LayerRuns runs;
    private final ReferenceEvaluation reference;
    private final Map<Integer, double[]> runningByNode = new LinkedHashMap<>();

    private record Draw(double[] x, CheckedResults results) {}

    private OnnxCheck(ExportedLayer exported, OnnxParameters parameters) {
        layer = CanonicalLayer.of(exported.layer()).layer();
        shape = new TensorShape(SAMPLES, 1, POSITIONS, parameters.channels());
        vectors = parameters.vectors();
        List<RunningStatistic> statistics = RunningStatistic.inOrderOfEngine(exported.layer());
        running = statistics.stream()
                .map(statistic -> parameters.values().get(statistic.name()))
                .toList();
        List<Integer> nodes = List.copyOf(RunningStatistic.of(layer.graph()).keySet());
        for (int i = 0; i < nodes.size(); i++) {
            runningByNode.put(nodes.get(i), CheckValues.doubles(running.get(i)));
        }
        runs = new LayerRuns(layer);
        reference = new ReferenceEvaluation(shape);
    }

    /**
     * The check file of a layer's model, as JSON text.
     *
     * @throws IllegalArgumentException if the layer's values are not finite on random inputs
     */
    public static String write(ExportedLayer exported, OnnxParameters parameters, OnnxLayout layout) {
        return new OnnxCheck(exported, parameters).json(exported, layout);
    }

    private Optional<Draw> best(SplittableRandom random, boolean hasEdges) {
        return Stream.generate(() -> draw(random.split(), hasEdges))
                .limit(DRAWS)
                .filter(draw -> draw.results.isFinite())
                .min(Comparator.comparingDouble(draw -> draw.results.error()));
    }

    private Draw draw(SplittableRandom random, boolean hasEdges) {
        double[] x = CheckValues.input(random, shape, 0.25, hasEdges, vectors);
        CheckedResults results = new CheckedResults();
        float[] found =
                runs.evaluation(shape, CheckValues.floats(x), vectors, running).output();
        results.put("y", CheckValues.doubles(found), reference.evaluate(layer, x, vectors, runningByNode));
        return new Draw(x, results);
    }

    private String json(ExportedLayer exported, OnnxLayout layout) {
        SplittableRandom random = new SplittableRandom(1);
        Draw smooth = best(random.split(), false)
                .orElseThrow(() -> new IllegalArgumentException("the layer " + Formula.print(exported.layer())
                        + " has values that are not finite on random inputs, so its model cannot be checked; export it as"
                        + " latex, dot or json"));
        List<Draw> draws = new ArrayList<>(List.of(smooth));
        best(random.split(), true)
                .filter(draw -> draw.results.error() <= MOST_ERROR_AT_EDGES)
                .ifPresent(draws::add);
        int[] order = order(layout);
        ObjectNode json = JSON.createObjectNode()
                .put("layer", Formula.print(exported.layer()))
                .put("engine", "cpu")
                .put("layout", layout.name());
        ArrayNode sizes = json.putArray("shape");
        shape(layout).forEach(sizes::add);
        json.put("rtol", CheckedResults.RELATIVE_TOLERANCE);
        ArrayNode cases = json.putArray("cases");
        for (Draw draw : draws) {
            ObjectNode one = cases.addObject();
            one.set("x", CheckedResults.array(ordered(draw.x, order)));
            one.set("y", draw.results.json("y", order));
        }
        ArrayNode positions = json.putArray("nan_where_x_is_nan");
        double[] nan = ordered(withNan(smooth.x), order);
        IntStream.range(0, nan.length).filter(i -> Double.isNaN(nan[i])).forEach(positions::add);
        return json.toPrettyString().replace("\r\n", "\n") + "\n";
    }

    /** The reference's output where the first sample is NaN. */
    private double[] withNan(double[] input) {
        double[] x = input.clone();
        Arrays.fill(x, 0, x.length / SAMPLES, Double.NaN);
        return reference.evaluate(layer, x, vectors, runningByNode);
    }

    /** The sizes of an input in a layout. */
    private List<Integer> shape(OnnxLayout layout) {
        List<Integer> space = switch (layout.spatialAxes().size()) {
            case 1 -> List.of(POSITIONS);
            case 2 -> List.of(2, POSITIONS / 2);
            default -> List.of(2, 2, POSITIONS / 4);
        };
        List<Integer> sizes = new ArrayList<>(space);
        sizes.add(layout.channelAxis() - 1, shape.channels());
        sizes.add(0, SAMPLES);
        return sizes;
    }

    /** The indices in [B, H, W, C] of a layout's values. */
    private int[] order(OnnxLayout layout) {
        int channels = shape.channels();
        boolean isFirst = layout.channelAxis() == 1;
        return IntStream.range(0, shape.size())
                .map(i -> {
                    int sample = i / (POSITIONS * channels);
                    int rest = i % (POSITIONS * channels);
                    return !isFirst ? i : (sample * POSITIONS + rest % POSITIONS) * channels + rest / POSITIONS;
                })
                .toArray();
    }

    private static double[] ordered(double[] values, int[] order) {
        return Arrays.stream(order).mapToDouble(i -> values[i]).toArray();
    }
}
