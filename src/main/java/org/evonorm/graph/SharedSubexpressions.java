package org.evonorm.graph;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The names of shared subexpressions in the printed form of a reduced graph, without which the text of a graph can be
 * exponentially long. A short expression has no names. In a long expression a node has a name if it is used more than
 * once and takes more than one operator, or if its own text would be long; so texts also stay below
 * {@link FormulaParser#MAX_DEPTH}.
 */
public final class SharedSubexpressions {

    /** An expression of more operators is long. */
    private static final int MAX_OPERATORS = 40;
    /**
     * Without x and v, which are names of initial nodes, and without the y, e, s and t that {@link org.evonorm.graph.typeset.TypesetLayer} writes
     * for the output, exponentials, standard deviations and the variable of definitions.
     */
    private static final String LETTERS = "abcdfghijklmnopqruwz";

    private SharedSubexpressions() {}

    /** Names by node id, in the order of their definitions. */
    public static Map<Integer, String> names(LayerGraph graph) {
        int[] uses = new int[LayerGraph.INITIAL_NODES + graph.nodes().size()];
        graph.nodes().forEach(node -> node.inputs().forEach(input -> uses[input]++));
        Map<Integer, String> names = new LinkedHashMap<>();
        // Operators in the text of each node: of the unfolded tree, and with names in place of named nodes.
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
            if ((uses[id] > 1 && operators[id] > 1) || operators[id] > MAX_OPERATORS) {
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
