package org.evonorm.graph;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which nodes of a reduced graph get a name when it is written out as an expression. None do while the expression
 * stays short; else all that are used more than once and take more than one operator, and those that would be long
 * themselves.
 */
final class SharedSubexpressions {

    /** Above this number of operators an expression is long. */
    private static final int MAX_OPERATORS = 40;
    /** No x and no v, which would be taken for initial nodes. */
    private static final String LETTERS = "abcdefghijklmnopqrstuwyz";

    private SharedSubexpressions() {}

    /** Names by node id, in the order in which the nodes must be written. */
    static Map<Integer, String> names(LayerGraph graph) {
        int[] uses = new int[LayerGraph.INITIAL_NODES + graph.nodes().size()];
        graph.nodes().forEach(node -> node.inputs().forEach(input -> uses[input]++));
        Map<Integer, String> names = new LinkedHashMap<>();
        // Operators that each node takes to write: of the tree that the graph unfolds to, then with names in place.
        double[] unfolded = new double[uses.length];
        double[] operators = new double[uses.length];
        for (int id = LayerGraph.INITIAL_NODES; id < uses.length; id++) {
            unfolded[id] = operators(graph.node(id), unfolded);
        }
        if (unfolded[graph.output()] <= MAX_OPERATORS) {
            return names;
        }
        for (int id = LayerGraph.INITIAL_NODES; id < graph.output(); id++) {
            operators[id] = operators(graph.node(id), operators);
            if (uses[id] > 1 && operators[id] > 1 || operators[id] > MAX_OPERATORS) {
                names.put(id, name(names.size()));
                operators[id] = 0;
            }
        }
        return names;
    }

    private static double operators(Node node, double[] ofInputs) {
        return 1 + node.inputs().stream().mapToDouble(input -> ofInputs[input]).sum();
    }

    private static String name(int index) {
        int round = index / LETTERS.length();
        return LETTERS.charAt(index % LETTERS.length()) + (round == 0 ? "" : Integer.toString(round));
    }
}
