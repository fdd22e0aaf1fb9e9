package org.evonorm.engine.dl4j;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.evonorm.engine.Parameter;
import org.evonorm.engine.Parameter.Role;
import org.evonorm.engine.ParameterLayout;
import org.evonorm.engine.RunningStatistic;

/**
 * Where the values of the engines' common {@link ParameterLayout} stand in a graph's own flat vector. DL4J orders parameters
 * by vertex, keeps running statistics among them, and has depthwise weights as [kernel, kernel, channels, 1]; dense weights lie
 * in memory as ours do, since DL4J's are [in, units] by columns.
 */
final class ParameterOrder {

    /** {@code rows · columns} values from {@code ours}; where rows is above 1 they are transposed at {@code theirs}. */
    private record Stretch(int ours, int theirs, int rows, int columns) {

        void toGraph(float[] values, float[] graph) {
            if (rows == 1) {
                System.arraycopy(values, ours, graph, theirs, columns);
            }
            for (int i = 0; rows > 1 && i < rows * columns; i++) {
                graph[transposed(i)] = values[ours + i];
            }
        }

        void fromGraph(float[] graph, float[] values) {
            if (rows == 1) {
                System.arraycopy(graph, theirs, values, ours, columns);
            }
            for (int i = 0; rows > 1 && i < rows * columns; i++) {
                values[ours + i] = graph[transposed(i)];
            }
        }

        private int transposed(int i) {
            return theirs + i % columns * rows + i / columns;
        }
    }

    private final List<Stretch> parameters = new ArrayList<>();
    private final List<Stretch> runningStatistics = new ArrayList<>();
    /** Where the weights of runningStatistics stand, one for each operator that has runningStatistics. */
    private final List<Integer> weights = new ArrayList<>();

    private final int graphLength;
    private final ParameterLayout layout;

    ParameterOrder(ComputationGraph graph, ParameterLayout layout) {
        this.layout = layout;
        this.graphLength = (int) graph.numParams();
        for (Parameter parameter : layout.parameters()) {
            parameters.add(stretch(graph, parameter));
        }
        for (RunningStatistic running : layout.runningStatistics()) {
            runningStatistics.add(new Stretch(
                    running.offset(),
                    offset(graph, running.operator(), LayerVectors.runningStatistic(running.node())),
                    1,
                    running.channels()));
        }
        layout.runningStatistics().stream()
                .map(RunningStatistic::operator)
                .distinct()
                .forEach(operator -> weights.add(offset(graph, operator, LayerVectors.WEIGHT_OF_STATISTICS)));
    }

    private static Stretch stretch(ComputationGraph graph, Parameter parameter) {
        int dot = parameter.name().indexOf('.');
        int operator = Integer.parseInt(parameter.name().substring(0, dot));
        String name = switch (parameter.name().substring(dot + 1)) {
            case "weights" -> "W";
            case "bias" -> "b";
            default -> parameter.name().substring(dot + 1);
        };
        boolean depthwise =
                parameter.role() == Role.CONVOLUTION && parameter.shape().get(0) > 1;
        int rows = depthwise ? parameter.shape().get(0) : 1;
        return new Stretch(parameter.offset(), offset(graph, operator, name), rows, parameter.size() / rows);
    }

    private static int offset(ComputationGraph graph, int operator, String name) {
        return (int)
                graph.getLayer(NetworkGraph.vertex(operator)).getParam(name).offset();
    }

    /** The graph's vector of these parameters and of running statistics after so many steps. */
    float[] toGraph(float[] values, float[] statisticValues, double weightOfStatistics) {
        float[] graph = new float[graphLength];
        parameters.forEach(stretch -> stretch.toGraph(values, graph));
        runningStatistics.forEach(stretch -> stretch.toGraph(statisticValues, graph));
        weights.forEach(at -> graph[at] = (float) weightOfStatistics);
        return graph;
    }

    /** Parameters, or their derivatives. */
    float[] parameters(float[] graph) {
        float[] values = new float[layout.parameterCount()];
        parameters.forEach(stretch -> stretch.fromGraph(graph, values));
        return values;
    }

    /** Velocities, from those that DL4J's updater keeps: in the order of the graph's vector, without running statistics. */
    float[] velocities(float[] state) {
        BitSet skipped = new BitSet();
        runningStatistics.forEach(stretch -> skipped.set(stretch.theirs, stretch.theirs + stretch.columns));
        weights.forEach(skipped::set);
        float[] graph = new float[graphLength];
        int next = 0;
        for (float value : state) {
            next = skipped.nextClearBit(next);
            graph[next++] = value;
        }
        return parameters(graph);
    }

    /** Running statistics, or what a step takes from them. */
    float[] runningStatistics(float[] graph) {
        float[] values = new float[layout.runningStatisticCount()];
        runningStatistics.forEach(stretch -> stretch.fromGraph(graph, values));
        return values;
    }
}
