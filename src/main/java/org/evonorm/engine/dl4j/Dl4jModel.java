package org.evonorm.engine.dl4j;

import java.util.Arrays;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.evonorm.data.Batch;
import org.evonorm.engine.Model;
import org.evonorm.engine.Parameter;
import org.evonorm.engine.ParameterLayout;
import org.evonorm.engine.Score;
import org.evonorm.engine.UpdateRule;
import org.evonorm.graph.Layer;
import org.evonorm.network.Network;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.NoOp;

/**
 * A model that computes by a ComputationGraph. Parameters and momentum live in the JVM, where update rules work. Every
 * pass copies the parameters to the graph's device, and every training step copies the gradient back.
 */
final class Dl4jModel implements Model {

    private final Device device;
    private final Network network;
    private final ParameterLayout layout;
    private final ComputationGraph graph;
    private final ParameterOrder order;
    private final float[] momentum;
    private float[] parameters;
    private float[] gradient;
    private float[] runningStatistics;
    private int statisticSteps;

    Dl4jModel(Network network, Layer layer, long seed, Device device) {
        this.device = device;
        device.use();
        this.network = network;
        this.layout = ParameterLayout.of(network, layer);
        this.graph = new ComputationGraph(NetworkGraph.of(network, layer, new NoOp(), 0));
        graph.init();
        this.order = new ParameterOrder(graph, layout);
        this.parameters = layout.initialValues(seed);
        this.momentum = new float[layout.parameterCount()];
        this.gradient = new float[layout.parameterCount()];
        this.runningStatistics = new float[layout.runningStatisticCount()];
    }

    @Override
    public ParameterLayout layout() {
        return layout;
    }

    @Override
    public float[] parameters() {
        return parameters.clone();
    }

    @Override
    public void setParameters(float[] values) {
        if (values.length != parameters.length) {
            throw new IllegalArgumentException(
                    "the model has " + parameters.length + " parameters, not " + values.length);
        }
        parameters = values.clone();
    }

    @Override
    public float[] momentum() {
        return momentum.clone();
    }

    @Override
    public void setMomentum(float[] values) {
        if (values.length != momentum.length) {
            throw new IllegalArgumentException(
                    "the model has momentum for " + momentum.length + " parameters, not for " + values.length);
        }
        System.arraycopy(values, 0, momentum, 0, momentum.length);
    }

    @Override
    public float[] runningStatistics() {
        return runningStatistics.clone();
    }

    @Override
    public int statisticSteps() {
        return statisticSteps;
    }

    @Override
    public void setRunningStatistics(float[] values, int steps) {
        if (values.length != runningStatistics.length) {
            throw new IllegalArgumentException(
                    "the model has " + runningStatistics.length + " running statistics, not " + values.length);
        }
        runningStatistics = values.clone();
        statisticSteps = steps;
    }

    @Override
    public double lossAndGradient(Batch batch) {
        device.use();
        setGraph();
        try (INDArray images = BatchArrays.images(batch);
                INDArray labels = BatchArrays.labels(batch, network.classes())) {
            graph.setInputs(images);
            graph.setLabels(labels);
            graph.computeGradientAndScore();
            graph.clear();
        }
        float[] result = graph.getFlattenedGradients().toFloatVector();
        gradient = order.parameters(result);
        for (int i = 0; i < gradient.length; i++) {
            gradient[i] /= batch.count();
        }
        float[] steps = order.runningStatistics(result);
        for (int i = 0; i < runningStatistics.length; i++) {
            runningStatistics[i] -= steps[i];
        }
        statisticSteps++;
        return graph.score();
    }

    private void setGraph() {
        float[] values =
                order.toGraph(parameters, runningStatistics, 1 - Math.pow(InterpretedLayer.DECAY, statisticSteps));
        try (INDArray array = Nd4j.createFromArray(values)) {
            graph.params().reshape(values.length).assign(array);
        }
    }

    @Override
    public float[] gradient() {
        return gradient.clone();
    }

    @Override
    public void update(UpdateRule rule) {
        for (Parameter parameter : layout.parameters()) {
            float[] weights = slice(parameters, parameter);
            float[] state = slice(momentum, parameter);
            rule.apply(
                    weights,
                    slice(gradient, parameter),
                    state,
                    parameter.size(),
                    parameter.role().decayed());
            System.arraycopy(weights, 0, parameters, parameter.offset(), parameter.size());
            System.arraycopy(state, 0, momentum, parameter.offset(), parameter.size());
        }
    }

    private static float[] slice(float[] values, Parameter parameter) {
        return Arrays.copyOfRange(values, parameter.offset(), parameter.offset() + parameter.size());
    }

    @Override
    public Score evaluate(Batch batch) {
        return Score.ofLogits(predict(batch), batch.labels(), batch.count());
    }

    @Override
    public float[] predict(Batch batch) {
        if (runningStatistics.length > 0 && statisticSteps == 0) {
            throw new IllegalStateException(
                    "a layer with batch aggregates can be evaluated only after a training step, "
                            + "which its running statistics come from");
        }
        device.use();
        setGraph();
        try (INDArray images = BatchArrays.images(batch)) {
            return graph.outputSingle(false, images).ravel().toFloatVector();
        }
    }

    @Override
    public void close() {
        device.use();
        graph.close();
    }
}
