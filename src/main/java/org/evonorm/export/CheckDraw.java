package org.evonorm.export;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.evonorm.engine.cpu.LayerRun;
import org.evonorm.engine.cpu.LayerRuns;
import org.evonorm.graph.CanonicalForm;
import org.evonorm.graph.ChannelVectors;
import org.evonorm.graph.Layer;
import org.evonorm.graph.LayerGraph;
import org.evonorm.graph.ReferenceEvaluation;
import org.evonorm.graph.TensorShape;

/**
 * A draw of random inputs and parameters of a layer, with its results on them in training mode, and in evaluation mode
 * after some training steps.
 */
final class CheckDraw {

    static final TensorShape SHAPE = new TensorShape(3, 2, 4, 16);
    static final double DECAY = 0.9;
    /** Training steps before evaluation mode. */
    private static final int STEPS = 3;
    /** More than the relative difference between the values of the two conventions. */
    private static final double OF_CONVENTION = 1e-4;
    /** The largest relative change of a smooth gradient. */
    private static final double SMOOTH = 1e-3;

    final List<double[]> inputs;
    final double[] dy;
    final double[] evaluationInput;
    final ChannelVectors vectors;
    final CheckedResults results = new CheckedResults();

    private final Layer layer;
    private final ReferenceEvaluation reference;
    /** The reference's running statistics by node. */
    private final Map<Integer, double[]> running = new LinkedHashMap<>();

    /**
     * Draws and runs.
     *
     * @param canonical the layer in canonical form, of which {@code runs} are
     * @param hasEdges  whether some values are zero or tie with another, where derivatives are a choice
     */
    CheckDraw(
            Layer canonical, LayerRuns runs, ReferenceEvaluation reference, SplittableRandom random, boolean hasEdges) {
        layer = canonical;
        this.reference = reference;
        int channels = SHAPE.channels();
        double[] v0 = CheckValues.gaussians(random, channels, 0.5, 0);
        double[] v1 = CheckValues.gaussians(random, channels, 0.5, 1);
        if (hasEdges) {
            CheckValues.mixed(v0, random, c -> 0);
            CheckValues.mixed(v1, random, c -> 1);
        }
        vectors = layer.vectors()
                .fit(new ChannelVectors(
                        v0,
                        v1,
                        CheckValues.gaussians(random, channels, 0.5, 1),
                        CheckValues.gaussians(random, channels, 0.5, 0)));
        inputs = Stream.generate(() -> CheckValues.input(random, SHAPE, 0.25, hasEdges, vectors))
                .limit(STEPS)
                .toList();
        dy = CheckValues.gaussians(random, SHAPE.size(), 1, 0);
        evaluationInput = CheckValues.input(random, SHAPE, -0.25, hasEdges, vectors);
        Map<String, double[]> engine = runEngine(runs);
        Map<String, double[]> exact = runReference();
        engine.forEach((name, values) -> results.put(name, values, exact.get(name)));
    }

    private Map<String, double[]> runEngine(LayerRuns runs) {
        Map<String, double[]> found = new LinkedHashMap<>();
        List<float[]> averages = new ArrayList<>();
        for (double[] x : inputs) {
            LayerRun run = runs.training(SHAPE, CheckValues.floats(x), vectors, CheckValues.floats(dy));
            if (found.isEmpty()) {
                found.put("y", CheckValues.doubles(run.output()));
                found.put("dx", CheckValues.doubles(run.dx()));
                putGradient(found, run.gradient());
                run.statistics().forEach(statistic -> averages.add(new float[statistic.length]));
            }
            if (averages.isEmpty()) {
                break;
            }
            for (int i = 0; i < averages.size(); i++) {
                step(averages.get(i), run.statistics().get(i));
            }
        }
        float correction = (float) (1 / (1 - Math.pow(DECAY, STEPS)));
        for (float[] average : averages) {
            for (int c = 0; c < average.length; c++) {
                average[c] *= correction;
            }
        }
        found.put(
                "evaluation",
                CheckValues.doubles(runs.evaluation(SHAPE, CheckValues.floats(evaluationInput), vectors, averages)
                        .output()));
        return found;
    }

    /** One step of a running statistic, without bias correction. */
    private static void step(float[] average, float[] batch) {
        for (int c = 0; c < average.length; c++) {
            average[c] = (float) (DECAY * average[c] + (1 - DECAY) * batch[c]);
        }
    }

    private Map<String, double[]> runReference() {
        Map<String, double[]> exact = new LinkedHashMap<>();
        double weight = 0;
        for (double[] x : inputs) {
            double[] y = reference.train(layer, x, vectors);
            if (exact.isEmpty()) {
                ReferenceEvaluation.Gradient gradient = reference.gradient(dy);
                exact.put("y", y);
                exact.put("dx", gradient.x());
                putGradient(exact, gradient.vectors());
            }
            Map<Integer, double[]> ofBatch = reference.batchStatistics();
            if (ofBatch.isEmpty()) {
                break;
            }
            weight = DECAY * weight + 1;
            double share = 1 / weight;
            ofBatch.forEach((node, batch) -> running.merge(
                    node,
                    batch,
                    (statistic, next) -> IntStream.range(0, next.length)
                            .mapToDouble(c -> statistic[c] + share * (next[c] - statistic[c]))
                            .toArray()));
        }
        exact.put("evaluation", reference.evaluate(layer, evaluationInput, vectors, running));
        return exact;
    }

    /** Positions of the evaluation's output that are NaN where x is NaN in the first sample. */
    int[] nan() {
        double[] x = evaluationInput.clone();
        Arrays.fill(x, 0, x.length / SHAPE.batch(), Double.NaN);
        double[] y = reference.evaluate(layer, x, vectors, running);
        return IntStream.range(0, y.length).filter(i -> Double.isNaN(y[i])).toArray();
    }

    /** Adds the gradients with respect to the layer's parameters, {@code dv0} and so on. */
    private void putGradient(Map<String, double[]> into, ChannelVectors gradient) {
        present(gradient).forEach((name, values) -> into.put("d" + name, values));
    }

    /** The vectors of the parameters that the layer has, by name. */
    Map<String, double[]> present(ChannelVectors all) {
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

    /**
     * Whether slightly other inputs and shifts have nearly the same gradient. The paper's convention moves values by as
     * much as that, so that its module could be on the other side of an edge from the engine.
     */
    boolean isSmooth() {
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
            double[] expected = results.exact("dx");
            if (IntStream.range(0, dx.length)
                    .anyMatch(i -> Math.abs(dx[i] - expected[i]) > SMOOTH * (1 + results.meanSize("dx")))) {
                return false;
            }
        }
        return true;
    }
}
