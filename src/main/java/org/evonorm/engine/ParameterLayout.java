package org.evonorm.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.evonorm.engine.Parameter.Role;
import org.evonorm.graph.CanonicalForm;
import org.evonorm.graph.CanonicalLayer;
import org.evonorm.graph.Layer;
import org.evonorm.graph.LayerGraph;
import org.evonorm.network.Network;
import org.evonorm.network.Operator;
import org.evonorm.program.LayerLowering;

/**
 * The order of all parameters and running statistics in the flat vectors of a model. It belongs to the contract of the
 * engines, so that all engines start alike and can exchange states. Parameters follow the order of the operators of the
 * network; the parameters of a place are named {@code v0}, {@code v1}, {@code gamma} and {@code beta}.
 *
 * @param parameters        all parameters, by offset
 * @param runningStatistics all running statistics, by offset
 */
public record ParameterLayout(List<Parameter> parameters, List<RunningStatistic> runningStatistics) {

    /** Standard deviation of the initial dense weights (docs/design.md, "Training rules"). */
    private static final double DENSE_DEVIATION = 0.01;
    /** Standard deviation of the initial positions (docs/design.md, "Training rules"). */
    private static final double POSITION_DEVIATION = 0.02;

    /** Limit of the number of parameters: two gigabytes of float32. */
    private static final int MOST_PARAMETERS = 500_000_000;

    public ParameterLayout {
        parameters = List.copyOf(parameters);
        runningStatistics = List.copyOf(runningStatistics);
    }

    /**
     * The layout for a network with a layer in its places.
     *
     * @throws IllegalArgumentException if the network has more than 500 million parameters
     */
    public static ParameterLayout of(Network network, Layer layer) {
        return new Builder(network, new PlaceLayers(layer)).build();
    }

    /** Number of values of all parameters. */
    public int parameterCount() {
        return parameters.isEmpty() ? 0 : end(parameters.get(parameters.size() - 1));
    }

    /** Number of values of all running statistics. */
    public int runningStatisticCount() {
        return runningStatistics.stream().mapToInt(RunningStatistic::channels).sum();
    }

    /** Number of values of a training's state, as {@link Model#state} has them. */
    public int stateCount() {
        return 2 * parameterCount() + runningStatisticCount();
    }

    /** The parameters of one operator, by its index in the network. */
    public List<Parameter> of(int operator) {
        String prefix = operator + ".";
        return parameters.stream()
                .filter(parameter -> parameter.name().startsWith(prefix))
                .toList();
    }

    /** The running statistics of one operator, by its index in the network. */
    public List<RunningStatistic> runningStatisticsOf(int operator) {
        return runningStatistics.stream()
                .filter(running -> running.operator() == operator)
                .toList();
    }

    /**
     * The initial values of all parameters, as {@link Role} and docs/design.md, "Training rules", state them. Every
     * parameter has a random generator of its own, split from one generator in the order of the layout.
     *
     * @return {@link #parameterCount} values
     */
    public float[] initialValues(long seed) {
        float[] values = new float[parameterCount()];
        SplittableRandom random = new SplittableRandom(seed);
        for (Parameter parameter : parameters) {
            SplittableRandom generator = random.split();
            int from = parameter.offset();
            switch (parameter.role()) {
                case CONVOLUTION, DENSE, POSITIONS ->
                    fillNormal(values, from, end(parameter), generator, deviation(parameter));
                case VECTOR -> Arrays.fill(values, from, end(parameter), (float) parameter.start());
            }
        }
        return values;
    }

    private static void fillNormal(float[] values, int from, int to, SplittableRandom random, double deviation) {
        for (int i = from; i < to; i++) {
            values[i] = (float) (random.nextGaussian() * deviation);
        }
    }

    private static double deviation(Parameter parameter) {
        if (parameter.role() != Role.CONVOLUTION) {
            return parameter.role() == Role.DENSE ? DENSE_DEVIATION : POSITION_DEVIATION;
        }
        List<Integer> shape = parameter.shape();
        double fanOut = (double) shape.get(1) * shape.get(3) * shape.get(4);
        return Math.sqrt(2 / fanOut);
    }

    private static int end(Parameter parameter) {
        return parameter.offset() + parameter.size();
    }

    private static final class Builder {
        private final Network network;
        private final PlaceLayers layers;
        private final List<Integer> outputs;
        private final List<Parameter> parameters = new ArrayList<>();
        private final List<RunningStatistic> runningStatistics = new ArrayList<>();
        private int offset;
        private int statisticOffset;

        Builder(Network network, PlaceLayers layers) {
            this.network = network;
            this.layers = layers;
            this.outputs = network.channels();
        }

        ParameterLayout build() {
            for (int index = 0; index < network.operators().size(); index++) {
                add(index, network.operators().get(index));
            }
            return new ParameterLayout(parameters, runningStatistics);
        }

        private void add(int index, Operator operator) {
            if (operator instanceof Operator.Convolution convolution) {
                int in = channels(convolution.input());
                int kernel = convolution.window().kernel();
                int groups = convolution.groups();
                parameter(
                        index,
                        "weights",
                        Role.CONVOLUTION,
                        List.of(groups, convolution.channels() / groups, in / groups, kernel, kernel));
                if (convolution.hasBias()) {
                    vector(index, "bias", convolution.channels(), 0);
                }
            } else if (operator instanceof Operator.Dense dense) {
                parameter(index, "weights", Role.DENSE, List.of(dense.units(), channels(dense.input())));
                vector(index, "bias", dense.units(), 0);
            } else if (operator instanceof Operator.Positions positions) {
                parameter(
                        index,
                        "positions",
                        Role.POSITIONS,
                        List.of(positions.height(), positions.width(), channels(index)));
            } else if (operator instanceof Operator.ClassToken token) {
                vector(index, "token", channels(index), 0);
                if (token.hasPosition()) {
                    parameter(index, "position", Role.POSITIONS, List.of(channels(index)));
                }
            } else {
                layers.at(operator).ifPresent(layer -> addLayer(index, layer));
            }
        }

        private void addLayer(int index, CanonicalLayer layer) {
            int channels = channels(index);
            if (CanonicalForm.reachable(layer.graph()).get(LayerGraph.V0)) {
                vector(
                        index,
                        "v0",
                        layer.vectors().v0().size(channels),
                        layer.vectors().v0().start());
            }
            if (CanonicalForm.reachable(layer.graph()).get(LayerGraph.V1)) {
                vector(
                        index,
                        "v1",
                        layer.vectors().v1().size(channels),
                        layer.vectors().v1().start());
            }
            if (layer.affine()) {
                vector(index, "gamma", channels, 1);
                vector(index, "beta", channels, 0);
            }
            for (int node = 0; node < LayerLowering.runningStatistics(layer); node++) {
                runningStatistics.add(new RunningStatistic(index, node, channels(index), statisticOffset));
                statisticOffset += channels(index);
            }
        }

        private void vector(int index, String name, int size, double start) {
            add(new Parameter(index + "." + name, Role.VECTOR, List.of(size), start, offset));
        }

        private void parameter(int index, String name, Role role, List<Integer> shape) {
            add(new Parameter(index + "." + name, role, shape, offset));
        }

        private void add(Parameter parameter) {
            parameters.add(parameter);
            if ((long) offset + parameter.size() > MOST_PARAMETERS) {
                throw new IllegalArgumentException("network " + network.name() + " has more than " + MOST_PARAMETERS
                        + " parameters, the most that an engine holds; use a smaller width or depth");
            }
            offset = end(parameter);
        }

        private int channels(int operator) {
            return Network.channels(operator, outputs);
        }
    }
}
