package org.evonorm.graph;

import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The float64 reference evaluation of layers, with reverse-mode gradients, by the definitions of docs/design.md,
 * "Primitives" and "Evaluation mode". Engines are tested against it; the static filter and the value key use it on
 * tensors of a few hundred values, on which it is fast.
 *
 * <p>Only reachable nodes are evaluated. Memory is reused from one layer to the next, so an instance is not safe for
 * use by several threads at once. All tensors are in the order of {@link TensorShape}; methods throw
 * IllegalArgumentException if an array has the wrong length.
 */
public final class ReferenceEvaluation {

    private final TensorShape shape;
    private final Map<IndexSet, ReductionGroups> reductionGroups = new EnumMap<>(IndexSet.class);
    // By node id: values, adjoints, and for aggregates the moment (mean, mean square or variance) and mean per group.
    private double[][] values = new double[0][];
    private double[][] adjoints = new double[0][];
    private double[][] moments = new double[0][];
    private double[][] means = new double[0][];
    private final double[] perGroup;
    private final double[] zeros;
    private final Optional<Nudges> nudges;

    private Layer layer = new Layer(new LayerGraph(List.of()), false);
    private BitSet reachable = new BitSet();
    private ChannelVectors vectors;
    private boolean trained;

    /** An evaluation of tensors of this shape. */
    public ReferenceEvaluation(TensorShape shape) {
        this(shape, Optional.empty());
    }

    /**
     * An evaluation of tensors of this shape that nudges all values on the way, to tell how far rounding goes.
     *
     * @param nudges for the input, the values of all nodes and their adjoints
     */
    public ReferenceEvaluation(TensorShape shape, Nudges nudges) {
        this(shape, Optional.of(nudges));
    }

    private ReferenceEvaluation(TensorShape shape, Optional<Nudges> nudges) {
        this.shape = shape;
        this.nudges = nudges;
        for (IndexSet indexSet : IndexSet.values()) {
            reductionGroups.put(indexSet, new ReductionGroups(shape, indexSet, layer.groups()));
        }
        vectors = ChannelVectors.initial(shape.channels());
        perGroup = new double[shape.size()];
        zeros = new double[shape.size()];
    }

    /**
     * The gradient of a loss.
     *
     * @param x       with respect to the layer's input, [B, H, W, C]
     * @param vectors with respect to the trainable vectors, [C] or [1] each; zero for a gamma and beta that the layer
     *                lacks
     */
    public record Gradient(double[] x, ChannelVectors vectors) {}

    /**
     * The layer's output in training mode, in which batch aggregates use the statistics of {@code x}.
     *
     * @param x       the input, [B, H, W, C]
     * @param vectors the trainable vectors; gamma and beta count only if the layer has the affine
     * @return the output, [B, H, W, C]
     */
    public double[] train(Layer layer, double[] x, ChannelVectors vectors) {
        start(layer, x, vectors);
        for (int id = next(LayerGraph.INITIAL_NODES); id >= 0; id = next(id + 1)) {
            if (layer.graph().node(id).primitive() instanceof Aggregate aggregate) {
                measure(id, aggregate);
            }
            compute(id);
        }
        trained = true;
        return output();
    }

    /**
     * The layer's output in evaluation mode, in which batch aggregates use given statistics.
     *
     * @param batchStatistics in the form of {@link #batchStatistics}, for every reachable batch aggregate
     * @return the output, [B, H, W, C]
     * @throws IllegalArgumentException if the statistics of a reachable batch aggregate are missing
     */
    public double[] evaluate(Layer layer, double[] x, ChannelVectors vectors, Map<Integer, double[]> batchStatistics) {
        start(layer, x, vectors);
        for (int id = next(LayerGraph.INITIAL_NODES); id >= 0; id = next(id + 1)) {
            if (layer.graph().node(id).primitive() instanceof Aggregate aggregate) {
                if (aggregate.over() == IndexSet.BWH) {
                    double[] given = batchStatistics.get(id);
                    if (given == null || given.length != shape.channels()) {
                        throw new IllegalArgumentException("batch statistics lack the " + shape.channels()
                                + " values of node " + id + ", a " + aggregate.symbol());
                    }
                    System.arraycopy(given, 0, moments[id], 0, given.length);
                } else {
                    measure(id, aggregate);
                }
            }
            compute(id);
        }
        return output();
    }

    /**
     * The statistics of the reachable batch aggregates in the last call of {@link #train} or {@link #evaluate}, by node
     * id: one value per channel, the mean, mean square (rms) or biased variance (std) of the node's input.
     */
    public Map<Integer, double[]> batchStatistics() {
        Map<Integer, double[]> statistics = new LinkedHashMap<>();
        for (int id = next(LayerGraph.INITIAL_NODES); id >= 0; id = next(id + 1)) {
            if (layer.graph().node(id).primitive() instanceof Aggregate aggregate && aggregate.over() == IndexSet.BWH) {
                statistics.put(id, Arrays.copyOf(moments[id], shape.channels()));
            }
        }
        return statistics;
    }

    /**
     * The gradient of a loss, at the input of the last call of {@link #train}.
     *
     * @param dy the gradient with respect to the output of that call, [B, H, W, C]
     * @throws IllegalStateException if the last call was not {@link #train}
     */
    public Gradient gradient(double[] dy) {
        if (!trained) {
            throw new IllegalStateException("a gradient needs the layer to be evaluated in training mode first");
        }
        checkLength("the output's gradient", dy, shape.size());
        LayerGraph graph = layer.graph();
        // Those of initial nodes too, also where the output is one of them.
        for (int id = 0; id <= Math.max(graph.output(), LayerGraph.INITIAL_NODES - 1); id++) {
            if (reachable.get(id) || id < LayerGraph.INITIAL_NODES) {
                Arrays.fill(adjoints[id], 0);
            }
        }
        double[] gamma = new double[shape.channels()];
        double[] beta = new double[shape.channels()];
        addOutputGradient(dy, values[graph.output()], adjoints[graph.output()], gamma, beta);
        for (int id = graph.output(); id >= LayerGraph.INITIAL_NODES; id--) {
            if (reachable.get(id)) {
                propagate(id);
            }
        }
        return new Gradient(
                adjoints[LayerGraph.X].clone(),
                new ChannelVectors(
                        sums(adjoints[LayerGraph.V0], vectors.v0().length),
                        sums(adjoints[LayerGraph.V1], vectors.v1().length),
                        gamma,
                        beta));
    }

    private void start(Layer layer, double[] x, ChannelVectors vectors) {
        checkLength("the input", x, shape.size());
        checkLength("v0", vectors.v0(), layer.vectors().v0().size(shape.channels()));
        checkLength("v1", vectors.v1(), layer.vectors().v1().size(shape.channels()));
        checkLength("gamma", vectors.gamma(), shape.channels());
        checkLength("beta", vectors.beta(), shape.channels());
        trained = false;
        if (!layer.groups().equals(this.layer.groups())) {
            reductionGroups.put(IndexSet.WHCG, new ReductionGroups(shape, IndexSet.WHCG, layer.groups()));
        }
        this.layer = layer;
        this.vectors = vectors;
        reachable = CanonicalForm.reachable(layer.graph());
        reserve(LayerGraph.INITIAL_NODES + layer.graph().nodes().size());
        System.arraycopy(x, 0, values[LayerGraph.X], 0, x.length);
        for (int i = 0; i < x.length; i++) {
            values[LayerGraph.V0][i] = vectors.v0()[i % vectors.v0().length];
            values[LayerGraph.V1][i] = vectors.v1()[i % vectors.v1().length];
        }
        for (int id = 0; id < LayerGraph.INITIAL_NODES; id++) {
            nudge(values[id]);
        }
    }

    private static void checkLength(String what, double[] given, int expected) {
        if (given.length != expected) {
            throw new IllegalArgumentException(what + " must have " + expected + " values, not " + given.length);
        }
    }

    private void reserve(int nodes) {
        int before = values.length;
        if (nodes <= before) {
            return;
        }
        values = Arrays.copyOf(values, nodes);
        adjoints = Arrays.copyOf(adjoints, nodes);
        moments = Arrays.copyOf(moments, nodes);
        means = Arrays.copyOf(means, nodes);
        for (int id = before; id < nodes; id++) {
            values[id] = new double[shape.size()];
            adjoints[id] = new double[shape.size()];
            moments[id] = new double[shape.size()];
            means[id] = new double[shape.size()];
        }
    }

    private int next(int id) {
        return reachable.nextSetBit(id);
    }

    /** Computes the moment of an aggregate's input. */
    private void measure(int id, Aggregate aggregate) {
        ReductionGroups over = reductionGroups.get(aggregate.over());
        double[] input = values[layer.graph().node(id).inputs().get(0)];
        switch (aggregate.statistic()) {
            case MEAN -> over.mean(input, moments[id]);
            case RMS -> over.meanSquare(input, moments[id]);
            case STD -> {
                over.mean(input, means[id]);
                over.variance(input, means[id], moments[id]);
            }
            default -> throw new AssertionError(aggregate);
        }
    }

    private void compute(int id) {
        Node node = layer.graph().node(id);
        if (node.primitive() instanceof Aggregate aggregate) {
            ReductionGroups over = reductionGroups.get(aggregate.over());
            for (int group = 0; group < over.count(); group++) {
                double moment = moments[id][group];
                perGroup[group] = aggregate.statistic() == Statistic.MEAN ? moment : root(moment);
            }
            over.broadcast(perGroup, values[id]);
        } else {
            double[] second = values[node.inputs().get(node.inputs().size() - 1)];
            ElementwiseReference.apply(
                    (Elementwise) node.primitive(), values[node.inputs().get(0)], second, values[id]);
        }
        nudge(values[id]);
    }

    private void nudge(double[] tensor) {
        nudges.ifPresent(each -> each.apply(tensor));
    }

    private static double root(double moment) {
        return Math.sqrt(moment + LayerGraph.EPSILON);
    }

    private double[] output() {
        double[] y = values[layer.graph().output()].clone();
        if (layer.affine()) {
            for (int i = 0; i < y.length; i++) {
                int channel = i % shape.channels();
                y[i] = vectors.gamma()[channel] * y[i] + vectors.beta()[channel];
            }
        }
        return y;
    }

    /** Back-propagates through the affine, if the layer has it, to the graph's output z. */
    private void addOutputGradient(double[] dy, double[] z, double[] dz, double[] gamma, double[] beta) {
        for (int i = 0; i < dy.length; i++) {
            if (layer.affine()) {
                int channel = i % shape.channels();
                gamma[channel] += dy[i] * z[i];
                beta[channel] += dy[i];
                dz[i] += dy[i] * vectors.gamma()[channel];
            } else {
                dz[i] += dy[i];
            }
        }
    }

    /** Adds the contribution of a node to the adjoints of its inputs. */
    private void propagate(int id) {
        nudge(adjoints[id]);
        Node node = layer.graph().node(id);
        int a = node.inputs().get(0);
        int b = node.inputs().get(node.inputs().size() - 1);
        if (node.primitive() instanceof Aggregate aggregate) {
            ReductionGroups over = reductionGroups.get(aggregate.over());
            over.mean(adjoints[id], perGroup);
            if (aggregate.statistic() == Statistic.MEAN) {
                over.add(perGroup, adjoints[a]);
            } else {
                for (int group = 0; group < over.count(); group++) {
                    perGroup[group] /= root(moments[id][group]);
                }
                double[] centres = aggregate.statistic() == Statistic.STD ? means[id] : zeros;
                over.addScaled(perGroup, values[a], centres, adjoints[a]);
            }
        } else {
            ElementwiseReference.addGradient(
                    (Elementwise) node.primitive(),
                    values[a],
                    values[b],
                    values[id],
                    adjoints[id],
                    adjoints[a],
                    adjoints[b]);
        }
    }

    /** The adjoints of a vector's values, of which there are C or 1. */
    private static double[] sums(double[] adjoint, int values) {
        double[] sums = new double[values];
        for (int i = 0; i < adjoint.length; i++) {
            sums[i % values] += adjoint[i];
        }
        return sums;
    }
}
