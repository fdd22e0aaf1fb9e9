package org.evonorm.export.onnx;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import onnx.Onnx.GraphProto;
import org.evonorm.export.layer.AggregateNames;
import org.evonorm.export.layer.Convention;
import org.evonorm.export.layer.ExportedLayer;
import org.evonorm.export.layer.NodeFacts;
import org.evonorm.export.layer.RunningStatistic;
import org.evonorm.graph.Aggregate;
import org.evonorm.graph.CanonicalForm;
import org.evonorm.graph.Elementwise;
import org.evonorm.graph.IndexSet;
import org.evonorm.graph.Layer;
import org.evonorm.graph.LayerGraph;
import org.evonorm.graph.Node;
import org.evonorm.graph.Statistic;

/**
 * A layer in evaluation mode as nodes of ONNX's operators. Nodes are written as the output asks for them, so that the
 * inputs of running statistics, which evaluation does not read, cost nothing.
 */
final class EvaluationGraph {

    static final String INPUT = "x";
    static final String OUTPUT = "y";

    private final Layer layer;
    private final LayerGraph graph;
    private final Convention convention;
    private final OnnxParameters parameters;
    private final OnnxLayout layout;
    private final int groups;
    private final List<NodeFacts> facts;
    private final SortedMap<Integer, RunningStatistic> statistics;
    private final boolean[] dependsOnInput;
    private final Map<Integer, String> values = new HashMap<>();
    private final NodeList nodes = new NodeList();

    private EvaluationGraph(ExportedLayer exported, OnnxParameters parameters, OnnxLayout layout) {
        layer = exported.layer();
        graph = CanonicalForm.reduced(layer.graph());
        convention = exported.convention();
        this.parameters = parameters;
        this.layout = layout;
        groups = layer.groups().count(parameters.channels());
        facts = NodeFacts.of(layer.withGraph(graph));
        statistics = RunningStatistic.of(graph);
        dependsOnInput = new boolean[facts.size()];
        dependsOnInput[LayerGraph.X] = true;
        for (int id = LayerGraph.INITIAL_NODES; id < dependsOnInput.length; id++) {
            dependsOnInput[id] = !statistics.containsKey(id)
                    && graph.node(id).inputs().stream().anyMatch(input -> dependsOnInput[input]);
        }
    }

    /**
     * Adds a layer's nodes and constants to a graph whose input is {@link #INPUT} and whose output is {@link #OUTPUT}.
     */
    static void addTo(GraphProto.Builder proto, ExportedLayer exported, OnnxParameters parameters, OnnxLayout layout) {
        EvaluationGraph evaluation = new EvaluationGraph(exported, parameters, layout);
        evaluation.nodes.addTo(proto, evaluation.output(), OUTPUT);
    }

    private String output() {
        // In the order of the graph, so that a value's inputs are there before it and no recursion is deep.
        boolean[] needed = needed();
        for (int id = LayerGraph.INITIAL_NODES; id < needed.length; id++) {
            if (needed[id]) {
                values.put(id, write(id, graph.node(id)));
            }
        }
        String y = value(graph.output());
        boolean isWhole = facts.get(graph.output()).isWhole();
        if (layer.affine()) {
            y = nodes.node("Add", List.of(nodes.node("Mul", List.of(vector("gamma"), y)), vector("beta")));
        }
        if (!isWhole) {
            return nodes.node("Expand", List.of(y, nodes.node("Shape", List.of(INPUT))));
        }
        return y.equals(INPUT) ? nodes.node("Identity", List.of(y)) : y;
    }

    /** The nodes that the output needs: what only running statistics read is left out. */
    private boolean[] needed() {
        boolean[] needed = new boolean[facts.size()];
        needed[graph.output()] = true;
        for (int id = needed.length - 1; id >= LayerGraph.INITIAL_NODES; id--) {
            if (needed[id] && !statistics.containsKey(id)) {
                graph.node(id).inputs().forEach(input -> needed[input] = true);
            }
        }
        return needed;
    }

    private String value(int id) {
        return switch (id) {
            case LayerGraph.X -> INPUT;
            case LayerGraph.ZERO -> zero();
            case LayerGraph.V0 -> vector("v0");
            case LayerGraph.V1 -> vector("v1");
            default -> values.get(id);
        };
    }

    private String vector(String name) {
        float[] all = parameters.values().get(name);
        return nodes.constant(name, all, layout.channelShape(all.length));
    }

    /** The number 0 in as many dimensions as the input has, so that a mean of it has axes. */
    private String zero() {
        return nodes.constant("zero", new float[1], layout.channelShape(1));
    }

    private String eps() {
        return nodes.number("eps", LayerGraph.EPSILON);
    }

    private String write(int id, Node node) {
        if (statistics.containsKey(id)) {
            RunningStatistic running = statistics.get(id);
            String moment = vector(running.name());
            return running.statistic() == Statistic.MEAN
                    ? moment
                    : root(moment, "batch_" + running.statistic().symbol());
        }
        int a = node.inputs().get(0);
        int b = node.inputs().get(node.inputs().size() - 1);
        if (node.primitive() instanceof Aggregate aggregate) {
            return aggregate(aggregate, a);
        }
        String left = value(a);
        return switch ((Elementwise) node.primitive()) {
            case ADD -> nodes.node("Add", List.of(left, value(b)));
            case MUL -> nodes.node("Mul", List.of(left, value(b)));
            case DIV -> nodes.node("Div", List.of(left, divisor(b)));
            case MAX -> larger(a, b);
            case NEG -> nodes.node("Neg", List.of(left));
            case SQUARE -> nodes.node("Mul", List.of(left, left));
            case ABS -> nodes.node("Abs", List.of(left));
            case EXP -> nodes.node("Exp", List.of(left));
            case TANH -> nodes.node("Tanh", List.of(left));
            case SIGMOID -> nodes.node("Sigmoid", List.of(left));
            case LOG -> signed("Log", left);
            case SQRT -> signed("Sqrt", left);
            case ERF -> {
                // ONNX Runtime up to 1.24 gives 1 or -1 for NaN (findings/onnx-runtime-max-and-erf-lose-nan.sh).
                String isNan = nodes.node("IsNaN", List.of(left));
                yield nodes.node("Where", List.of(isNan, left, nodes.node("Erf", List.of(left))));
            }
        };
    }

    /** sign(a) · function(|a| + eps). */
    private String signed(String function, String a) {
        String size = nodes.node("Add", List.of(nodes.node("Abs", List.of(a)), eps()));
        return nodes.node("Mul", List.of(nodes.node("Sign", List.of(a)), nodes.node(function, List.of(size))));
    }

    /** The divisor, moved away from zero by eps; eps is simply added where the divisor cannot be negative. */
    private String divisor(int id) {
        String b = value(id);
        if (convention == Convention.PAPER) {
            return b;
        }
        if (facts.get(id).isNonNegative()) {
            return nodes.node("Add", List.of(b, eps()));
        }
        String isNegative = nodes.node("Less", List.of(b, zero()));
        String signedEps =
                nodes.node("Where", List.of(isNegative, nodes.number("minus_eps", -LayerGraph.EPSILON), eps()));
        return nodes.node("Add", List.of(b, signedEps));
    }

    /**
     * The larger of two values, NaN if one is. ONNX Runtime's Max keeps NaN in its first input, but up to 1.16 not in
     * its second, so that a value that follows from x must stand first, or the choice is written out.
     */
    private String larger(int a, int b) {
        if (a == LayerGraph.ZERO || b == LayerGraph.ZERO) {
            return nodes.node("Relu", List.of(value(a == LayerGraph.ZERO ? b : a)));
        }
        if (!dependsOnInput[a] || !dependsOnInput[b]) {
            return nodes.node("Max", dependsOnInput[b] ? List.of(value(b), value(a)) : List.of(value(a), value(b)));
        }
        String isB = nodes.node(
                "Or", List.of(nodes.node("Less", List.of(value(a), value(b))), nodes.node("IsNaN", List.of(value(b)))));
        return nodes.node("Where", List.of(isB, value(b), value(a)));
    }

    private String aggregate(Aggregate aggregate, int a) {
        IndexSet over = aggregate.over();
        String values = value(a);
        if (over == IndexSet.WHCG && !facts.get(a).channels()) {
            values = nodes.node("Expand", List.of(values, nodes.shape(layout.channelShape(parameters.channels()))));
        }
        String kind = AggregateNames.prefix(aggregate);
        String name = kind + aggregate.statistic().symbol();
        return switch (aggregate.statistic()) {
            case MEAN -> mean(values, over, name);
            case RMS -> root(mean(nodes.node("Mul", List.of(values, values)), over, kind + "mean_square"), name);
            case STD -> {
                String centred = nodes.node("Sub", List.of(values, mean(values, over, kind + "mean")));
                yield root(mean(nodes.node("Mul", List.of(centred, centred)), over, kind + "var"), name);
            }
        };
    }

    private String root(String moment, String name) {
        return nodes.named(name, "Sqrt", List.of(nodes.node("Add", List.of(moment, eps()))));
    }

    private String mean(String values, IndexSet over, String name) {
        List<Integer> axes = switch (over) {
            case WHC -> layout.axesOfSample();
            case C -> List.of(layout.channelAxis());
            case BWH, WH, WHCG -> layout.spatialAxes();
        };
        NodeList.Integers attribute = new NodeList.Integers("axes", axes);
        return over == IndexSet.WHCG
                ? meanOfGroups(nodes.node("ReduceMean", List.of(values), attribute), name)
                : nodes.named(name, "ReduceMean", List.of(values), attribute);
    }

    /** The mean over the channels of each group of values without space, [N, C] with dimensions of 1. */
    private String meanOfGroups(String values, String name) {
        long size = parameters.channels() / groups;
        String grouped = nodes.node("Reshape", List.of(values, nodes.shape(0, groups, size)));
        String mean = nodes.node("ReduceMean", List.of(grouped), new NodeList.Integers("axes", List.of(2)));
        String spread = nodes.node("Expand", List.of(mean, nodes.shape(1, groups, size)));
        // A size of 0 is the input's own.
        long[] shape = layout.channelShape(parameters.channels());
        shape[0] = 0;
        return nodes.named(name, "Reshape", List.of(spread, nodes.shape(shape)));
    }
}
