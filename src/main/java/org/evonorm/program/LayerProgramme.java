package org.evonorm.program;

import static org.evonorm.program.Operation.GATE;
import static org.evonorm.program.Operation.GATE_LESS;
import static org.evonorm.program.Operation.INVERSE;
import static org.evonorm.program.Operation.LOG_SLOPE;
import static org.evonorm.program.Operation.RECIPROCAL;
import static org.evonorm.program.Operation.SIGN;
import static org.evonorm.program.Operation.SQRT_SLOPE;
import static org.evonorm.program.Operation.SQUARE;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.evonorm.graph.Aggregate;
import org.evonorm.graph.Elementwise;
import org.evonorm.graph.IndexSet;
import org.evonorm.graph.Layer;
import org.evonorm.graph.LayerGraph;
import org.evonorm.graph.Node;
import org.evonorm.graph.Statistic;

/**
 * Lowers a layer to a programme. In training mode the programme has the derivative as well, by reverse-mode differentiation
 * of the graph: the derivative of an aggregate's input is a mean over the same index set, so that no sizes appear. In
 * evaluation mode batch aggregates read moving averages.
 */
public final class LayerProgramme {

    private final LayerGraph graph;
    private final boolean affine;
    private final boolean training;
    private final ProgrammeBuilder builder = new ProgrammeBuilder();
    private final int[] values;
    private final Map<Integer, Integer> statistics = new LinkedHashMap<>();
    private final Map<Integer, List<Integer>> derivatives = new HashMap<>();

    private LayerProgramme(Layer layer, boolean training) {
        this.graph = layer.graph();
        this.affine = layer.affine();
        this.training = training;
        this.values = new int[LayerGraph.INITIAL_NODES + graph.nodes().size()];
    }

    /** The programme of a layer in canonical form (its moving averages are numbered in the order of that form's nodes). */
    public static Programme training(Layer layer) {
        return new LayerProgramme(layer, true).lower();
    }

    /** The programme of a layer in canonical form that reads moving averages and has no derivative. */
    public static Programme evaluation(Layer layer) {
        return new LayerProgramme(layer, false).lower();
    }

    /** Number of moving averages a layer in canonical form has. */
    public static int averages(Layer layer) {
        return (int) layer.graph().nodes().stream().filter(LayerProgramme::isBatchAggregate).count();
    }

    private Programme lower() {
        values[LayerGraph.X] = builder.leaf(Operation.X, Extent.TENSOR);
        values[LayerGraph.ZERO] = builder.constant(0);
        values[LayerGraph.V0] = builder.leaf(Operation.V0, Extent.CHANNEL);
        values[LayerGraph.V1] = builder.leaf(Operation.V1, Extent.CHANNEL);
        for (int id = LayerGraph.INITIAL_NODES; id < values.length; id++) {
            values[id] = value(id, graph.node(id));
        }
        int y = values[graph.output()];
        int output = affine
                ? builder.add(builder.mul(y, builder.leaf(Operation.GAMMA, Extent.CHANNEL)),
                        builder.leaf(Operation.BETA, Extent.CHANNEL))
                : y;
        Map<Operation, Integer> gradients = training ? differentiate(y) : Map.of();
        return new Programme(builder.instructions(), output, List.copyOf(statistics.values()), gradients);
    }

    // ---- values

    private int value(int id, Node node) {
        int a = values[node.inputs().get(0)];
        int b = node.inputs().size() > 1 ? values[node.inputs().get(1)] : a;
        if (node.primitive() instanceof Aggregate aggregate) {
            return isBatchAggregate(node) ? batchAggregate(id, aggregate, a) : aggregate(aggregate, a);
        }
        return switch ((Elementwise) node.primitive()) {
            case ADD -> builder.add(a, b);
            case MUL -> builder.mul(a, b);
            case DIV -> builder.mul(a, builder.elementwise(RECIPROCAL, b));
            case MAX -> builder.elementwise(Operation.MAX, a, b);
            case NEG -> builder.neg(a);
            case SIGMOID -> builder.elementwise(Operation.SIGMOID, a);
            case TANH -> builder.elementwise(Operation.TANH, a);
            case EXP -> builder.elementwise(Operation.EXP, a);
            case LOG -> builder.elementwise(Operation.LOG, a);
            case ABS -> builder.elementwise(Operation.ABS, a);
            case SQUARE -> builder.elementwise(SQUARE, a);
            case SQRT -> builder.elementwise(Operation.SQRT, a);
        };
    }

    private int aggregate(Aggregate aggregate, int a) {
        int moment = moment(aggregate, a);
        return aggregate.statistic() == Statistic.MEAN ? moment : builder.root(moment);
    }

    private int batchAggregate(int id, Aggregate aggregate, int a) {
        int index = statistics.size();
        int moment = training ? moment(aggregate, a) : builder.average(index);
        statistics.put(id, moment);
        return aggregate.statistic() == Statistic.MEAN ? moment : builder.root(moment);
    }

    private int moment(Aggregate aggregate, int a) {
        return switch (aggregate.statistic()) {
            case MEAN -> builder.mean(aggregate.over(), a);
            case RMS -> builder.mean(aggregate.over(), builder.elementwise(SQUARE, a));
            case STD -> builder.variance(aggregate.over(), a);
        };
    }

    private static boolean isBatchAggregate(Node node) {
        return node.primitive() instanceof Aggregate aggregate && aggregate.over() == IndexSet.BWH;
    }

    // ---- derivatives

    private Map<Operation, Integer> differentiate(int y) {
        int dy = builder.leaf(Operation.DY, Extent.TENSOR);
        Map<Operation, Integer> gradients = new EnumMap<>(Operation.class);
        if (affine) {
            gradients.put(Operation.BETA, builder.project(dy, Extent.CHANNEL));
            gradients.put(Operation.GAMMA, builder.project(builder.mul(dy, y), Extent.CHANNEL));
            contribute(graph.output(), builder.mul(dy, builder.leaf(Operation.GAMMA, Extent.CHANNEL)));
        } else {
            contribute(graph.output(), dy);
        }
        for (int id = values.length - 1; id >= LayerGraph.INITIAL_NODES; id--) {
            if (derivatives.containsKey(id)) {
                backward(id, graph.node(id), derivative(id));
            }
        }
        gradientOf(LayerGraph.X, Operation.X, gradients);
        gradientOf(LayerGraph.V0, Operation.V0, gradients);
        gradientOf(LayerGraph.V1, Operation.V1, gradients);
        return gradients;
    }

    private void gradientOf(int node, Operation leaf, Map<Operation, Integer> gradients) {
        if (derivatives.containsKey(node)) {
            gradients.put(leaf, derivative(node));
        }
    }

    private void backward(int id, Node node, int d) {
        int a = node.inputs().get(0);
        int b = node.inputs().size() > 1 ? node.inputs().get(1) : a;
        int va = values[a];
        int vb = values[b];
        int y = values[id];
        if (node.primitive() instanceof Aggregate aggregate) {
            backward(aggregate, a, y, d);
            return;
        }
        switch ((Elementwise) node.primitive()) {
            case ADD -> {
                contribute(a, d);
                contribute(b, d);
            }
            case MUL -> {
                contribute(a, builder.mul(d, vb));
                contribute(b, builder.mul(d, va));
            }
            case DIV -> {
                int slope = builder.mul(d, builder.elementwise(RECIPROCAL, vb));
                contribute(a, slope);
                contribute(b, builder.neg(builder.mul(slope, y)));
            }
            case MAX -> {
                contribute(a, builder.gate(GATE, va, vb, d));
                contribute(b, builder.gate(GATE_LESS, va, vb, d));
            }
            case NEG -> contribute(a, builder.neg(d));
            case SIGMOID -> contribute(a, builder.mul(d, builder.sub(y, builder.elementwise(SQUARE, y))));
            case TANH -> contribute(a,
                    builder.mul(d, builder.sub(builder.constant(1), builder.elementwise(SQUARE, y))));
            case EXP -> contribute(a, builder.mul(d, y));
            case LOG -> contribute(a, builder.mul(d, builder.elementwise(LOG_SLOPE, va)));
            case ABS -> contribute(a, builder.mul(d, builder.elementwise(SIGN, va)));
            case SQUARE -> contribute(a, builder.mul(builder.mul(d, builder.constant(2)), va));
            case SQRT -> contribute(a, builder.mul(d, builder.elementwise(SQRT_SLOPE, va)));
        }
    }

    private void backward(Aggregate aggregate, int node, int y, int d) {
        int mean = builder.mean(aggregate.over(), d);
        int a = values[node];
        if (aggregate.statistic() == Statistic.MEAN) {
            contribute(node, mean);
            return;
        }
        int slope = builder.mul(mean, builder.elementwise(INVERSE, y));
        // The distance from the mean is taken first: where all values are nearly equal, the slope is large.
        int distance = aggregate.statistic() == Statistic.RMS ? a : builder.sub(a, builder.mean(aggregate.over(), a));
        contribute(node, builder.mul(distance, slope));
    }

    private void contribute(int node, int derivative) {
        if (node != LayerGraph.ZERO && derivative != builder.constant(0)) {
            derivatives.computeIfAbsent(node, absent -> new ArrayList<>()).add(derivative);
        }
    }

    /** The sum of all contributions, as far as the node's own value varies. */
    private int derivative(int node) {
        return builder.project(builder.sum(derivatives.get(node)), builder.extent(values[node]));
    }
}
