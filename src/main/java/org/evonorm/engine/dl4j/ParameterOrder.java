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
 * Maps the parameters of the engines' common {@link ParameterLayout} to a graph's flat vector and back. DL4J orders
 * parameters by vertex, keeps running statistics among them, and has depthwise weights as [kernel, kernel, channels,
 * 1]. Dense weights have the same order in memory in both, since DL4J's are [in, units] in column-major order.
 */
final class ParameterOrder {

    /**
     * A block of {@code rows · columns} values at {@code ours} in the layout and at {@code theirs} in the graph's
     * vector; with more than one row it is transposed in the graph.
     */
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
    /** Offsets of the weights of running statistics, one per operator that has running statistics. */
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

    /** The graph's vector for these parameters, running statistics and weight of the running statistics. */
    float[] toGraph(float[] values, float[] statisticValues, double weightOfStatistics) {
        float[] graph = new float[graphLength];
        parameters.forEach(stretch -> stretch.toGraph(values, graph));
        runningStatistics.forEach(stretch -> stretch.toGraph(statisticValues, graph));
        weights.forEach(at -> graph[at] = (float) weightOfStatistics);
        return graph;
    }

    /** The parameters in a graph's vector, or the derivatives in a vector of gradients. */
    float[] parameters(float[] graph) {
        float[] values = new float[layout.parameterCount()];
        parameters.forEach(stretch -> stretch.fromGraph(graph, values));
        return values;
    }

    /**
     * The velocities in the state of DL4J's updater, which has the order of the graph's vector but leaves out running
     * statistics.
     */
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

    /** The running statistics in a graph's vector, or the amounts to subtract from them in a vector of gradients. */
    float[] runningStatistics(float[] graph) {
        float[] values = new float[layout.runningStatisticCount()];
        runningStatistics.forEach(stretch -> stretch.fromGraph(graph, values));
        return values;
    }
}
