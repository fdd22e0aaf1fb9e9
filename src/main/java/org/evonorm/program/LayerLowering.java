package org.evonorm.program;

import static org.evonorm.program.Operation.GATE;
import static org.evonorm.program.Operation.GATE_LESS;
import static org.evonorm.program.Operation.INVERSE;
import static org.evonorm.program.Operation.SQUARE;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.evonorm.graph.Aggregate;
import org.evonorm.graph.CanonicalLayer;
import org.evonorm.graph.Elementwise;
import org.evonorm.graph.IndexSet;
import org.evonorm.graph.LayerGraph;
import org.evonorm.graph.Node;
import org.evonorm.graph.Statistic;
import org.evonorm.graph.TrainableVector;
import org.evonorm.graph.TrainableVectors;

/**
 * The lowering of a layer to a program, so that both engines run the same instructions. In training mode the program
 * has the derivative as well, by reverse-mode differentiation of the graph: the derivative with respect to an
 * aggregate's input is a mean over the same index set, so no sizes appear. In evaluation mode batch aggregates read
 * running statistics (docs/design.md, "Evaluation mode").
 */
public final class LayerLowering {

    private final LayerGraph graph;
    private final boolean affine;
    private final TrainableVectors vectors;
    private final boolean training;
    private final ProgramBuilder builder;
    /** Indices of the nodes' values, by node id. */
    private final int[] values;
    /** Indices of the nodes' values at the point of linearisation, by node id; {@link #values} if branches are live. */
    private final int[] valuesAtPoint;

    private final Branches branches;
    /** Indices of the batch aggregates' moments, by node id. */
    private final Map<Integer, Integer> statistics = new LinkedHashMap<>();
    /** Indices of the summands of a node's derivative, by node id. */
    private final Map<Integer, List<Integer>> derivatives = new HashMap<>();

    private LayerLowering(CanonicalLayer layer, boolean training) {
        this.graph = layer.graph();
        this.affine = layer.affine();
        this.vectors = layer.vectors();
        this.training = training;
        this.builder = new ProgramBuilder(layer.groups());
        this.values = new int[LayerGraph.INITIAL_NODES + graph.nodes().size()];
        this.valuesAtPoint = values;
        this.branches = new Branches.Live(builder);
    }

    /** Freezes branches on the values that {@code point}, a lowering of the same layer, has in the same builder. */
    private LayerLowering(CanonicalLayer layer, LayerLowering point) {
        this.graph = layer.graph();
        this.affine = layer.affine();
        this.vectors = layer.vectors();
        this.training = true;
        this.builder = point.builder;
        this.values = new int[point.values.length];
        this.valuesAtPoint = point.values;
        this.branches = new Branches.Frozen(builder);
    }

    /** The program of training mode. Running statistics are numbered in the order of the canonical graph's nodes. */
    public static Program training(CanonicalLayer layer) {
        return new LayerLowering(layer, true).lower();
    }

    /** The program of evaluation mode, which reads running statistics and has no derivative. */
    public static Program evaluation(CanonicalLayer layer) {
        return new LayerLowering(layer, false).lower();
    }

    /**
     * The program of training mode with frozen branches: linearised on the branch taken at the point FROZEN_X,
     * FROZEN_V0 and FROZEN_V1. max keeps to the operand that it takes at the point; abs, log, sqrt and div continue
     * their branch beyond zero. Near the point the program is one smooth function. Its second derivatives are the
     * second derivatives of the layer beside the kinks, as in automatic differentiation (docs/design.md, "Filters").
     */
    public static Program frozen(CanonicalLayer layer) {
        LayerLowering point = new LayerLowering(layer, true);
        point.evaluate(Operation.FROZEN_X, Operation.FROZEN_V0, Operation.FROZEN_V1);
        return new LayerLowering(layer, point).lower();
    }

    /** The number of running statistics of a layer: one per distinct batch aggregate. */
    public static int runningStatistics(CanonicalLayer layer) {
        return (int) layer.graph().nodes().stream()
                .filter(LayerLowering::isBatchAggregate)
                .count();
    }

    private Program lower() {
        evaluate(Operation.X, Operation.V0, Operation.V1);
        int y = values[graph.output()];
        int output = affine
                ? builder.add(
                        builder.mul(y, builder.leaf(Operation.GAMMA, Extent.CHANNEL)),
                        builder.leaf(Operation.BETA, Extent.CHANNEL))
                : y;
        Map<Operation, Integer> gradients = training ? differentiate(y) : Map.of();
        return new Program(builder.instructions(), output, List.copyOf(statistics.values()), gradients);
    }

    // ---- values

    private void evaluate(Operation x, Operation v0, Operation v1) {
        values[LayerGraph.X] = builder.leaf(x, Extent.TENSOR);
        values[LayerGraph.ZERO] = builder.constant(0);
        values[LayerGraph.V0] = builder.leaf(v0, Extent.CHANNEL);
        values[LayerGraph.V1] = builder.leaf(v1, Extent.CHANNEL);
        for (int id = LayerGraph.INITIAL_NODES; id < values.length; id++) {
            values[id] = value(id, graph.node(id));
        }
    }

    private int value(int id, Node node) {
        int first = node.inputs().get(0);
        int second = node.inputs().size() > 1 ? node.inputs().get(1) : first;
        int a = values[first];
        int b = values[second];
        if (node.primitive() instanceof Aggregate aggregate) {
            return isBatchAggregate(node) ? batchAggregate(id, aggregate, a) : aggregate(aggregate, a);
        }
        return switch ((Elementwise) node.primitive()) {
            case ADD -> builder.add(a, b);
            case MUL -> builder.mul(a, b);
            case DIV -> builder.mul(a, branches.reciprocal(b, valuesAtPoint[second]));
            case MAX -> branches.max(a, b, valuesAtPoint[first], valuesAtPoint[second]);
            case NEG -> builder.neg(a);
            case SIGMOID -> builder.elementwise(Operation.SIGMOID, a);
            case TANH -> builder.elementwise(Operation.TANH, a);
            case EXP -> builder.elementwise(Operation.EXP, a);
            case LOG -> branches.log(a, valuesAtPoint[first]);
            case ABS -> branches.abs(a, valuesAtPoint[first]);
            case SQUARE -> builder.elementwise(SQUARE, a);
            case SQRT -> branches.sqrt(a, valuesAtPoint[first]);
            case ERF -> builder.elementwise(Operation.ERF, a);
        };
    }

    private int aggregate(Aggregate aggregate, int a) {
        int moment = moment(aggregate, a);
        return aggregate.statistic() == Statistic.MEAN ? moment : builder.root(moment);
    }

    private int batchAggregate(int id, Aggregate aggregate, int a) {
        int index = statistics.size();
        int moment = training ? moment(aggregate, a) : builder.runningStatistic(index);
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
        meanOverChannels(Operation.V0, vectors.v0(), gradients);
        meanOverChannels(Operation.V1, vectors.v1(), gradients);
        return gradients;
    }

    /** The gradient of a value that all channels share is the mean over the channels too. */
    private void meanOverChannels(Operation leaf, TrainableVector vector, Map<Operation, Integer> gradients) {
        if (vector.per() == TrainableVector.Per.LAYER) {
            gradients.computeIfPresent(leaf, (key, gradient) -> builder.mean(IndexSet.WHC, gradient));
        }
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
                int slope = builder.mul(d, branches.reciprocal(vb, valuesAtPoint[b]));
                contribute(a, slope);
                contribute(b, builder.neg(builder.mul(slope, y)));
            }
            case MAX -> {
                contribute(a, builder.gate(GATE, valuesAtPoint[a], valuesAtPoint[b], d));
                contribute(b, builder.gate(GATE_LESS, valuesAtPoint[a], valuesAtPoint[b], d));
            }
            case NEG -> contribute(a, builder.neg(d));
            case SIGMOID -> contribute(a, builder.mul(d, builder.sub(y, builder.elementwise(SQUARE, y))));
            case TANH ->
                contribute(a, builder.mul(d, builder.sub(builder.constant(1), builder.elementwise(SQUARE, y))));
            case EXP -> contribute(a, builder.mul(d, y));
            case LOG -> contribute(a, builder.mul(d, branches.logDerivative(va, valuesAtPoint[a])));
            case ABS -> contribute(a, builder.mul(d, branches.absDerivative(va, valuesAtPoint[a])));
            case SQUARE -> contribute(a, builder.mul(builder.mul(d, builder.constant(2)), va));
            case SQRT -> contribute(a, builder.mul(d, branches.sqrtDerivative(va, valuesAtPoint[a])));
            case ERF -> contribute(a, builder.mul(d, errorFunctionDerivative(va)));
        }
    }

    /** 2/sqrt(π) · exp(−a²) */
    private int errorFunctionDerivative(int a) {
        int bell = builder.elementwise(Operation.EXP, builder.neg(builder.elementwise(SQUARE, a)));
        return builder.mul(bell, builder.constant(2 / Math.sqrt(Math.PI)));
    }

    private void backward(Aggregate aggregate, int node, int y, int d) {
        int mean = builder.mean(aggregate.over(), d);
        int a = values[node];
        if (aggregate.statistic() == Statistic.MEAN) {
            contribute(node, mean);
            return;
        }
        int slope = builder.mul(mean, builder.elementwise(INVERSE, y));
        // The deviation from the mean comes before the product: where all values are nearly equal, the slope is large.
        int deviation = aggregate.statistic() == Statistic.RMS ? a : builder.sub(a, builder.mean(aggregate.over(), a));
        contribute(node, builder.mul(deviation, slope));
    }

    private void contribute(int node, int derivative) {
        if (node != LayerGraph.ZERO && derivative != builder.constant(0)) {
            derivatives.computeIfAbsent(node, absent -> new ArrayList<>()).add(derivative);
        }
    }

    /** The sum of all contributions, in the extent of the node's own value. */
    private int derivative(int node) {
        return builder.project(builder.sum(derivatives.get(node)), builder.extent(values[node]));
    }
}
