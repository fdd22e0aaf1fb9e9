package org.evonorm.export.python;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import org.evonorm.export.layer.AggregateNames;
import org.evonorm.export.layer.Convention;
import org.evonorm.export.layer.NodeFacts;
import org.evonorm.export.layer.RunningStatistic;
import org.evonorm.export.python.StraightLine.Assignment;
import org.evonorm.export.python.StraightLine.Helper;
import org.evonorm.graph.Aggregate;
import org.evonorm.graph.Elementwise;
import org.evonorm.graph.IndexSet;
import org.evonorm.graph.Layer;
import org.evonorm.graph.LayerGraph;
import org.evonorm.graph.Node;

/** The writer of {@link StraightLine}, node by node: names, parentheses and the order of operands. */
final class StraightLineWriter {

    /** Binding strengths of expressions, the weakest first. */
    private static final int SUM = 1;

    private static final int PRODUCT = 2;
    private static final int SIGN = 3;
    private static final int VALUE = 4;
    /** Most characters of an expression without a name. */
    private static final int MAX_LENGTH = 60;

    private static final String ONE = "1.0";

    private final LayerGraph graph;
    private final Dialect dialect;
    private final Convention convention;
    private final int[] same;
    private final int[] uses;
    private final String[] texts;
    private final int[] strengths;
    private final List<NodeFacts> facts;
    private final Map<String, Integer> named = new HashMap<>();
    private final List<Assignment> assignments = new ArrayList<>();
    private final SortedMap<Integer, RunningStatistic> runningStatistics;
    private final Set<Aggregate> aggregates = new LinkedHashSet<>();
    private final Set<Helper> helpers = EnumSet.noneOf(Helper.class);
    private final Set<Integer> leaves = new TreeSet<>();

    StraightLineWriter(Layer layer, LayerGraph reduced, Dialect dialect, Convention convention) {
        this.graph = reduced;
        this.dialect = dialect;
        this.convention = convention;
        runningStatistics = RunningStatistic.of(reduced);
        int count = LayerGraph.INITIAL_NODES + reduced.nodes().size();
        same = new int[count];
        uses = new int[count];
        texts = new String[count];
        strengths = new int[count];
        facts = NodeFacts.of(layer.withGraph(reduced));
    }

    StraightLine write() {
        findSame();
        start(LayerGraph.X, "x");
        start(LayerGraph.ZERO, "zero");
        start(LayerGraph.V0, "v0");
        start(LayerGraph.V1, "v1");
        for (int id = LayerGraph.INITIAL_NODES; id < texts.length; id++) {
            // A node without uses equals another node, or was only a factor 1.
            if (same[id] == id && uses[id] > 0) {
                writeNode(id, graph.node(id));
            }
        }
        int output = same[graph.output()];
        return new StraightLine(
                List.copyOf(assignments),
                tensor(output),
                facts.get(output).isWhole(),
                List.copyOf(runningStatistics.values()),
                aggregates,
                helpers,
                leaves);
    }

    /** Finds the nodes that only add 0 or multiply by 1, and counts the uses of all other nodes without them. */
    private void findSame() {
        for (int id = 0; id < same.length; id++) {
            same[id] = id;
            if (id >= LayerGraph.INITIAL_NODES) {
                Node node = graph.node(id);
                int a = same[node.inputs().get(0)];
                int b = same[node.inputs().get(node.inputs().size() - 1)];
                boolean adds = node.primitive() == Elementwise.ADD;
                boolean multiplies = node.primitive() == Elementwise.MUL;
                if ((adds && b == LayerGraph.ZERO) || (multiplies && isOne(b))) {
                    same[id] = a;
                } else if ((adds && a == LayerGraph.ZERO) || (multiplies && isOne(a))) {
                    same[id] = b;
                }
            }
        }
        uses[same[graph.output()]]++;
        for (int id = same.length - 1; id >= LayerGraph.INITIAL_NODES; id--) {
            if (same[id] == id && uses[id] > 0) {
                graph.node(id).inputs().forEach(input -> uses[same[input]]++);
            }
        }
    }

    private boolean isOne(int id) {
        return id >= LayerGraph.INITIAL_NODES
                && graph.node(id).primitive() == Elementwise.EXP
                && same[graph.node(id).inputs().get(0)] == LayerGraph.ZERO;
    }

    private boolean isNumber(int id) {
        return id == LayerGraph.ZERO || isOne(id);
    }

    private void start(int id, String name) {
        texts[id] = name;
        strengths[id] = VALUE;
    }

    private void writeNode(int id, Node node) {
        int a = same[node.inputs().get(0)];
        int b = same[node.inputs().get(node.inputs().size() - 1)];
        strengths[id] = VALUE;
        if (node.primitive() instanceof Aggregate aggregate) {
            writeAggregate(id, aggregate, a);
            return;
        }
        Elementwise primitive = (Elementwise) node.primitive();
        if (isOne(id)) {
            texts[id] = dialect.function(Elementwise.EXP) + "(zero)";
            return;
        }
        writeElementwise(id, primitive, a, b);
        if (id != same[graph.output()] && (uses[id] > 1 || texts[id].length() > MAX_LENGTH)) {
            name(id, "h");
        }
    }

    private void writeElementwise(int id, Elementwise primitive, int a, int b) {
        switch (primitive) {
            case ADD -> writeSum(id, a, b);
            case MUL -> binary(id, factor(a, b, PRODUCT) + " * " + factor(b, a, SIGN), PRODUCT);
            case DIV -> writeQuotient(id, a, b);
            case MAX -> texts[id] = larger(a, b);
            case ABS -> texts[id] = absolute(a);
            case NEG -> binary(id, "-" + atLeast(a, VALUE), SIGN);
            case LOG -> texts[id] = call(Helper.SIGNED_LOG, tensor(a) + ", self.eps");
            case SQRT -> texts[id] = call(Helper.SIGNED_SQRT, tensor(a) + ", self.eps");
            default -> texts[id] = dialect.function(primitive) + "(" + tensor(a) + ")";
        }
    }

    private void writeSum(int id, int a, int b) {
        boolean difference = b >= LayerGraph.INITIAL_NODES
                && uses[b] == 1
                && graph.node(b).primitive() == Elementwise.NEG
                && texts[b].startsWith("-");
        if (difference) {
            int subtracted = same[graph.node(b).inputs().get(0)];
            binary(id, factor(a, b, SUM) + " - " + atLeast(subtracted, PRODUCT), SUM);
        } else {
            binary(id, factor(a, b, SUM) + " + " + factor(b, a, PRODUCT), SUM);
        }
    }

    private String larger(int a, int b) {
        Optional<String> function = Optional.empty();
        if (isNumber(a) != isNumber(b)) {
            boolean numberFirst = isNumber(a);
            function = dialect.largerOfNumber(
                    tensor(numberFirst ? b : a), numberFirst ? operand(a, b) : operand(b, a), numberFirst);
        }
        return function.orElseGet(() -> call(Helper.LARGER, operand(a, b) + ", " + operand(b, a)));
    }

    private String absolute(int a) {
        return dialect.absIsFlatAtZero()
                ? dialect.function(Elementwise.ABS) + "(" + tensor(a) + ")"
                : call(Helper.ABSOLUTE, tensor(a));
    }

    /** Writes a division; eps is simply added to a divisor that cannot be negative. */
    private void writeQuotient(int id, int a, int b) {
        String divisor;
        if (convention == Convention.PAPER) {
            divisor = isNumber(b) ? operand(b, a) : atLeast(b, SIGN);
        } else if (facts.get(b).isNonNegative()) {
            divisor = "(" + (isNumber(b) && !isNumber(a) ? operand(b, a) : atLeast(b, SUM)) + " + self.eps)";
        } else {
            divisor = call(Helper.NONZERO, tensor(b) + ", self.eps");
        }
        binary(id, factor(a, b, PRODUCT) + " / " + divisor, PRODUCT);
    }

    private void writeAggregate(int id, Aggregate aggregate, int a) {
        aggregates.add(aggregate);
        String running = "";
        if (aggregate.over() == IndexSet.BWH) {
            running = runningStatistics.get(id).name();
        }
        boolean spread = aggregate.over() == IndexSet.WHCG && !facts.get(a).channels();
        texts[id] = dialect.aggregate(aggregate, spread ? dialect.withAllChannels(tensor(a)) : tensor(a), running);
        name(id, AggregateNames.prefix(aggregate) + aggregate.statistic().symbol());
    }

    private String call(Helper helper, String inputs) {
        helpers.add(helper);
        return helper.symbol() + "(" + inputs + ")";
    }

    private void binary(int id, String text, int strength) {
        texts[id] = text;
        strengths[id] = strength;
    }

    /** The node as an operand of a binary function: a Python number if the other operand is a tensor. */
    private String operand(int id, int other) {
        if (isNumber(id) && !isNumber(other)) {
            return id == LayerGraph.ZERO ? StraightLine.ZERO : ONE;
        }
        return tensor(id);
    }

    private String factor(int id, int other, int strength) {
        return isNumber(id) ? operand(id, other) : atLeast(id, strength);
    }

    /** The text of a node, in parentheses if it binds less strongly than {@code strength}. */
    private String atLeast(int id, int strength) {
        String text = tensor(id);
        return strengths[id] >= strength ? text : "(" + text + ")";
    }

    private String tensor(int id) {
        if (id < LayerGraph.INITIAL_NODES) {
            leaves.add(id);
        } else if (isOne(id)) {
            leaves.add(LayerGraph.ZERO);
        }
        return texts[id];
    }

    private void name(int id, String wanted) {
        String name = unique(wanted);
        assignments.add(new Assignment(name, texts[id]));
        texts[id] = name;
        strengths[id] = VALUE;
    }

    /**
     * The wanted name, from its second use on with 2, 3, …; a name of one letter has a number from its first use
     * on.
     */
    private String unique(String wanted) {
        int number = named.merge(wanted, 1, Integer::sum);
        return wanted.length() == 1 ? wanted + number : number == 1 ? wanted : wanted + "_" + number;
    }
}
