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
import java.util.function.IntToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.evonorm.engine.cpu.LayerRun;
import org.evonorm.engine.cpu.LayerRuns;
import org.evonorm.export.layer.Convention;
import org.evonorm.export.layer.ExportedLayer;
import org.evonorm.graph.CanonicalForm;
import org.evonorm.graph.CanonicalLayer;
import org.evonorm.graph.ChannelVectors;
import org.evonorm.graph.Formula;
import org.evonorm.graph.Layer;
import org.evonorm.graph.LayerGraph;
import org.evonorm.graph.ReferenceEvaluation;
import org.evonorm.graph.TensorShape;

/**
 * The check file of an exported module: values and gradients of a layer on small random inputs, as the CPU engine
 * computes them in training mode, and in evaluation mode after some training steps. A second case has inputs that are zero
 * or at a tie, where derivatives are a choice. The module compares itself with them in float64. Every result has an absolute tolerance: a share of the values' mean size, plus a multiple of the
 * engine's own distance from the float64 reference, which is large where terms cancel.
 */
public final class CheckFile {

    private static final TensorShape SHAPE = new TensorShape(3, 2, 4, 16);
    /** Training steps before evaluation mode. */
    private static final int STEPS = 3;

    private static final double DECAY = 0.9;
    private static final double RELATIVE_TOLERANCE = 1e-4;
    private static final double ABSOLUTE_TOLERANCE = 1e-7;
    /** Multiple of the engine's distance from float64 in the tolerance. */
    private static final double OF_ENGINE_ERROR = 4;
    /** Inputs are multiples of this step, so that float32 and short texts represent them exactly. */
    private static final double STEP = 1.0 / 128;
    /**
     * Draws of inputs, of which the one with the smallest error is taken: near the edge of a maximum, rounding counts.
     */
    private static final int DRAWS = 10;

    private static final int DRAWS_AT_EDGES = 5;
    /**
     * The largest error of inputs with exact zeros and ties. Above it, rounding moves values from one side of an edge to
     * the other, and nothing is compared.
     */
    private static final double MOST_ERROR_AT_EDGES = 1e-3;
    /** More than the relative difference between the values of the two conventions. */
    private static final double OF_CONVENTION = 1e-4;

    /** Share of the inputs that are at an edge of some primitive. */
    private static final double SHARE_AT_EDGES = 0.125;

    private static final JsonMapper JSON = new JsonMapper();

    private final Layer layer;
    private final List<double[]> inputs;
    private final double[] dy;
    private final double[] evaluationInput;
    private final ChannelVectors vectors;
    private final boolean hasEdges;
    /** Results of the engine by name. */
    private final Map<String, double[]> results = new LinkedHashMap<>();

    /** Results of the float64 reference by name. */
    private final Map<String, double[]> exact = new LinkedHashMap<>();

    /** Positions of the evaluation's output that are NaN where x is NaN in the first sample. */
    private final int[] nan;

    private CheckFile(Layer canonical, LayerRuns runs, SplittableRandom random, boolean hasEdges) {
        layer = canonical;
        this.hasEdges = hasEdges;
        int channels = SHAPE.channels();
        vectors = layer.vectors()
                .fit(new ChannelVectors(
                        mixed(gaussians(random, channels, 0.5, 0), random, c -> 0),
                        mixed(gaussians(random, channels, 0.5, 1), random, c -> 1),
                        gaussians(random, channels, 0.5, 1),
                        gaussians(random, channels, 0.5, 0)));
        inputs = Stream.generate(() -> input(random, 0.25)).limit(STEPS).toList();
        dy = gaussians(random, SHAPE.size(), 1, 0);
        evaluationInput = input(random, -0.25);
        runEngine(runs);
        nan = runReference();
    }

    /**
     * The check file of a layer, as JSON text.
     *
     * @throws IllegalArgumentException if the layer's values or gradients are not finite on random inputs
     */
    public static String write(ExportedLayer exported) {
        Layer canonical = CanonicalLayer.of(exported.layer()).layer();
        LayerRuns runs = new LayerRuns(canonical);
        SplittableRandom random = new SplittableRandom(1);
        boolean isOfEngine = exported.convention() == Convention.EVONORM;
        CheckFile best = best(canonical, runs, random.split(), false, isOfEngine)
                .orElseThrow(() -> new IllegalArgumentException("the layer " + Formula.print(exported.layer())
                        + " has values or gradients that are not finite on random inputs, so its module cannot be"
                        + " checked;"
                        + " export it as latex, dot or json"));
        Optional<CheckFile> edges = best(canonical, runs, random.split(), true, isOfEngine)
                .filter(draw -> draw.error() <= MOST_ERROR_AT_EDGES);
        return best.toJson(exported, edges);
    }

    private static Optional<CheckFile> best(
            Layer layer, LayerRuns runs, SplittableRandom random, boolean hasEdges, boolean isOfEngine) {
        return Stream.generate(() -> new CheckFile(layer, runs, random.split(), hasEdges))
                .limit(hasEdges ? DRAWS_AT_EDGES : DRAWS)
                .filter(CheckFile::isFinite)
                .filter(draw -> isOfEngine || draw.isSmooth())
                .min(Comparator.comparingDouble(CheckFile::error));
    }

    private double[] input(SplittableRandom random, double mean) {
        return mixed(gaussians(random, SHAPE.size(), 1.5, mean), random, i -> switch (random.nextInt(4)) {
            case 0 -> 0;
            case 1 -> -0.0;
            case 2 -> vectors.v0()[i % vectors.v0().length];
            default -> vectors.v1()[i % vectors.v1().length];
        });
    }

    /** The values, some of them replaced by values at the edge of a primitive if this draw has any. */
    private double[] mixed(double[] values, SplittableRandom random, IntToDoubleFunction edge) {
        for (int i = 0; hasEdges && i < values.length; i++) {
            if (random.nextDouble() < SHARE_AT_EDGES) {
                values[i] = edge.applyAsDouble(i);
            }
        }
        return values;
    }

    private static double[] gaussians(SplittableRandom random, int count, double deviation, double mean) {
        return DoubleStream.generate(() -> STEP * Math.rint((mean + deviation * random.nextGaussian()) / STEP))
                .limit(count)
                .toArray();
    }

    private void runEngine(LayerRuns runs) {
        List<float[]> running = new ArrayList<>();
        for (double[] x : inputs) {
            LayerRun run = runs.training(SHAPE, floats(x), vectors, floats(dy));
            if (results.isEmpty()) {
                results.put("y", doubles(run.output()));
                results.put("dx", doubles(run.dx()));
                putGradient(results, run.gradient());
                run.statistics().forEach(statistic -> running.add(new float[statistic.length]));
            }
            for (int i = 0; i < running.size(); i++) {
                step(running.get(i), run.statistics().get(i));
            }
        }
        float correction = (float) (1 / (1 - Math.pow(DECAY, STEPS)));
        for (float[] statistic : running) {
            for (int c = 0; c < statistic.length; c++) {
                statistic[c] *= correction;
            }
        }
        results.put(
                "evaluation",
                doubles(runs.evaluation(SHAPE, floats(evaluationInput), vectors, running)
                        .output()));
    }

    /** One step of a running statistic, without bias correction. */
    private static void step(float[] running, float[] batch) {
        for (int c = 0; c < running.length; c++) {
            running[c] = (float) (DECAY * running[c] + (1 - DECAY) * batch[c]);
        }
    }

    /** Runs the float64 reference; its result are the positions of NaN. */
    private int[] runReference() {
        ReferenceEvaluation reference = new ReferenceEvaluation(SHAPE);
        Map<Integer, double[]> running = new LinkedHashMap<>();
        double weight = 0;
        for (double[] x : inputs) {
            double[] y = reference.train(layer, x, vectors);
            if (exact.isEmpty()) {
                ReferenceEvaluation.Gradient gradient = reference.gradient(dy);
                exact.put("y", y);
                exact.put("dx", gradient.x());
                putGradient(exact, gradient.vectors());
            }
            weight = DECAY * weight + 1;
            double share = 1 / weight;
            reference
                    .batchStatistics()
                    .forEach((node, batch) -> running.merge(
                            node,
                            batch,
                            (statistic, next) -> IntStream.range(0, next.length)
                                    .mapToDouble(c -> statistic[c] + share * (next[c] - statistic[c]))
                                    .toArray()));
        }
        exact.put("evaluation", reference.evaluate(layer, evaluationInput, vectors, running));
        double[] x = evaluationInput.clone();
        Arrays.fill(x, 0, x.length / SHAPE.batch(), Double.NaN);
        double[] y = reference.evaluate(layer, x, vectors, running);
        return IntStream.range(0, y.length).filter(i -> Double.isNaN(y[i])).toArray();
    }

    /** Adds the gradients with respect to the layer's parameters, {@code dv0} and so on. */
    private void putGradient(Map<String, double[]> into, ChannelVectors gradient) {
        vectors(gradient).forEach((name, values) -> into.put("d" + name, values));
    }

    /** The vectors of the parameters that the layer has, by name. */
    private Map<String, double[]> vectors(ChannelVectors all) {
        Map<String, double[]> present = new LinkedHashMap<>();
        if (CanonicalForm.reachable(layer.graph()).get(LayerGraph.V0)) {
            present.put("v0", all.v0());
        }
        if (CanonicalForm.reachable(layer.graph()).get(LayerGraph.V1)) {
            present.put("v1", all.v1());
        }
        if (layer.affine()) {
            present.put("gamma", all.gamma());
            present.put("beta", all.beta());
        }
        return present;
    }

    private boolean isFinite() {
        return Stream.of(results, exact)
                .flatMap(map -> map.values().stream())
                .flatMapToDouble(Arrays::stream)
                .allMatch(Double::isFinite);
    }

    /**
     * Whether slightly other inputs and shifts have nearly the same gradient. The paper's convention moves values by as much as
     * that, so that its module could be on the other side of an edge from the engine.
     */
    private boolean isSmooth() {
        ReferenceEvaluation reference = new ReferenceEvaluation(SHAPE);
        for (double shift : new double[] {-OF_CONVENTION, OF_CONVENTION}) {
            reference.train(
                    layer,
                    Arrays.stream(inputs.get(0))
                            .map(value -> value * (1 + shift))
                            .toArray(),
                    new ChannelVectors(
                            Arrays.stream(vectors.v0())
                                    .map(value -> value + shift)
                                    .toArray(),
                            vectors.v1(),
                            vectors.gamma(),
                            vectors.beta()));
            double[] dx = reference.gradient(dy).x();
            double[] expected = exact.get("dx");
            if (IntStream.range(0, dx.length)
                    .anyMatch(i -> Math.abs(dx[i] - expected[i]) > MOST_ERROR_AT_EDGES * (1 + meanSize("dx")))) {
                return false;
            }
        }
        return true;
    }

    /** The largest distance of a result from the float64 reference, relative to the result's mean size. */
    private double error() {
        return results.keySet().stream()
                .mapToDouble(name -> distance(name) / Math.max(meanSize(name), 1e-2))
                .max()
                .orElseThrow();
    }

    private double distance(String name) {
        double[] found = results.get(name);
        double[] expected = exact.get(name);
        return IntStream.range(0, found.length)
                .mapToDouble(i -> Math.abs(found[i] - expected[i]))
                .max()
                .orElse(0);
    }

    private double meanSize(String name) {
        return Arrays.stream(exact.get(name)).map(Math::abs).average().orElse(0);
    }

    private String toJson(ExportedLayer exported, Optional<CheckFile> edges) {
        ObjectNode json = JSON.createObjectNode().put("layer", Formula.print(exported.layer()));
        json.put("engine", "cpu")
                .put("layout", "NHWC")
                .set(
                        "shape",
                        JSON.createArrayNode()
                                .add(SHAPE.batch())
                                .add(SHAPE.height())
                                .add(SHAPE.width())
                                .add(SHAPE.channels()));
        json.put("eps", LayerGraph.EPSILON).put("decay", DECAY).put("rtol", RELATIVE_TOLERANCE);
        json.put("groups", SHAPE.channels() / LayerGraph.groupSize(SHAPE.channels()));
        putTraining(json.putObject("training"));
        ArrayNode atEdges = json.putArray("training_at_edges");
        edges.ifPresent(draw -> draw.putTraining(atEdges.addObject()));
        ArrayNode further = json.putArray("further_inputs");
        inputs.stream().skip(1).forEach(x -> further.add(array(x)));
        ObjectNode evaluation = json.putObject("evaluation");
        evaluation.set("x", array(evaluationInput));
        evaluation.set("y", result("evaluation"));
        ArrayNode positions = evaluation.putArray("nan_where_x_is_nan");
        Arrays.stream(nan).forEach(positions::add);
        return json.toPrettyString().replace("\r\n", "\n") + "\n";
    }

    private void putTraining(ObjectNode training) {
        ObjectNode parameters = training.putObject("parameters");
        vectors(vectors).forEach((name, values) -> parameters.set(name, array(values)));
        training.set("x", array(inputs.get(0)));
        training.set("dy", array(dy));
        training.set("y", result("y"));
        training.set("dx", result("dx"));
        ObjectNode gradients = training.putObject("gradients");
        vectors(vectors).keySet().forEach(name -> gradients.set(name, result("d" + name)));
    }

    private ObjectNode result(String name) {
        ObjectNode result = JSON.createObjectNode();
        result.put("atol", (float)
                (ABSOLUTE_TOLERANCE + RELATIVE_TOLERANCE * meanSize(name) + OF_ENGINE_ERROR * distance(name)));
        result.set("values", array(results.get(name)));
        return result;
    }

    private static ArrayNode array(double[] values) {
        ArrayNode array = JSON.createArrayNode();
        Arrays.stream(values).forEach(value -> array.add((float) value));
        return array;
    }

    private static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    private static double[] doubles(float[] values) {
        return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
    }
}
