package org.evonorm.graph;

import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a layer computes, by the definitions of DESIGN section 2 in float64, with reverse-mode gradients: the standard
 * that the engines are tested against, and quick on the tensors of a few hundred values that the static filter uses.
 * Evaluates reachable nodes only. Keeps its memory from one layer to the next, so it is not safe for use by several
 * threads at once.
 */
public final class ReferenceEvaluation {

    private final TensorShape shape;
    private final Map<IndexSet, ReductionGroups> segments = new EnumMap<>(IndexSet.class);
    // By node id: values and adjoints, and of aggregates the mean, mean square or variance (and mean) of each segment.
    private double[][] values = new double[0][];
    private double[][] adjoints = new double[0][];
    private double[][] moments = new double[0][];
    private double[][] means = new double[0][];
    private final double[] bySegment;
    private final double[] zeros;

    private Layer layer = new Layer(new LayerGraph(List.of()), false);
    private BitSet reachable = new BitSet();
    private ChannelVectors vectors;
    private boolean trained;

    /** Evaluates tensors of this shape. */
    public ReferenceEvaluation(TensorShape shape) {
        this.shape = shape;
        for (IndexSet indexSet : IndexSet.values()) {
            segments.put(indexSet, new ReductionGroups(shape, indexSet));
        }
        vectors = ChannelVectors.initial(shape.channels());
        bySegment = new double[shape.size()];
        zeros = new double[shape.size()];
    }

    /**
     * The gradient of a loss.
     *
     * @param x       by the layer's input, in the tensor's order
     * @param vectors by the trainable values; zero for a gamma and beta that the layer does not have
     */
    public record Gradient(double[] x, ChannelVectors vectors) {}

    /**
     * The layer's output in training mode, where batch aggregates use the statistics of {@code x}.
     *
     * @param x       in the tensor's order
     * @param vectors gamma and beta matter only if the layer has its affine
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
     * The layer's output in evaluation mode, where batch aggregates use given statistics.
     *
     * @param batchStatistics as {@link #batchStatistics} gives them, for every reachable batch aggregate
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
     * The statistics of the reachable batch aggregates in the last call of {@link #train} or {@link #evaluate}: by
     * node id, one value a channel, which is the mean, the mean square (rms) or the biased variance (std) of the
     * node's input.
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
     * The gradient of a loss, given its gradient {@code dy} by the output of the last call of {@link #train}.
     *
     * @throws IllegalStateException if the last call was not {@link #train}
     */
    public Gradient gradient(double[] dy) {
        if (!trained) {
            throw new IllegalStateException("a gradient needs the layer to be evaluated in training mode first");
        }
        checkLength("the output's gradient", dy, shape.size());
        LayerGraph graph = layer.graph();
        for (int id = 0; id <= graph.output(); id++) {
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
                        sumByChannel(adjoints[LayerGraph.V0]), sumByChannel(adjoints[LayerGraph.V1]), gamma, beta));
    }

    private void start(Layer layer, double[] x, ChannelVectors vectors) {
        checkLength("the input", x, shape.size());
        checkLength("v0", vectors.v0(), shape.channels());
        checkLength("v1", vectors.v1(), shape.channels());
        checkLength("gamma", vectors.gamma(), shape.channels());
        checkLength("beta", vectors.beta(), shape.channels());
        trained = false;
        this.layer = layer;
        this.vectors = vectors;
        reachable = CanonicalForm.reachable(layer.graph());
        reserve(LayerGraph.INITIAL_NODES + layer.graph().nodes().size());
        System.arraycopy(x, 0, values[LayerGraph.X], 0, x.length);
        for (int i = 0; i < x.length; i++) {
            values[LayerGraph.V0][i] = vectors.v0()[i % shape.channels()];
            values[LayerGraph.V1][i] = vectors.v1()[i % shape.channels()];
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

    /** Takes the statistic of an aggregate's input. */
    private void measure(int id, Aggregate aggregate) {
        ReductionGroups over = segments.get(aggregate.over());
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
            ReductionGroups over = segments.get(aggregate.over());
            for (int segment = 0; segment < over.count(); segment++) {
                double moment = moments[id][segment];
                bySegment[segment] = aggregate.statistic() == Statistic.MEAN ? moment : root(moment);
            }
            over.broadcast(bySegment, values[id]);
        } else {
            double[] second = values[node.inputs().get(node.inputs().size() - 1)];
            ElementwiseReference.apply(
                    (Elementwise) node.primitive(), values[node.inputs().get(0)], second, values[id]);
        }
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

    /** Goes back through the affine, where there is one, to the graph's output z. */
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

    /** Adds what a node hands back to its inputs. */
    private void propagate(int id) {
        Node node = layer.graph().node(id);
        int a = node.inputs().get(0);
        int b = node.inputs().get(node.inputs().size() - 1);
        if (node.primitive() instanceof Aggregate aggregate) {
            ReductionGroups over = segments.get(aggregate.over());
            over.mean(adjoints[id], bySegment);
            if (aggregate.statistic() == Statistic.MEAN) {
                over.add(bySegment, adjoints[a]);
            } else {
                for (int segment = 0; segment < over.count(); segment++) {
                    bySegment[segment] /= root(moments[id][segment]);
                }
                double[] centres = aggregate.statistic() == Statistic.STD ? means[id] : zeros;
                over.addScaled(bySegment, values[a], centres, adjoints[a]);
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

    private double[] sumByChannel(double[] adjoint) {
        double[] sums = new double[shape.channels()];
        for (int i = 0; i < adjoint.length; i++) {
            sums[i % shape.channels()] += adjoint[i];
        }
        return sums;
    }
}
