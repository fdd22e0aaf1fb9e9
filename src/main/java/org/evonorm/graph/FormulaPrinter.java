package org.evonorm.graph;

import java.util.Map;

/**
 * The printer of {@link Formula}, for reduced graphs. Nodes are printed in their order and not by recursion, so that
 * deep graphs need no deep stack.
 */
final class FormulaPrinter {

    // How strongly an operator binds its operands.
    private static final int SUM = 1;
    private static final int PRODUCT = 2;
    private static final int NEGATION = 3;
    private static final int VALUE = 4;

    private final LayerGraph graph;
    private final Map<Integer, String> names;
    private final String[] texts;
    private final int[] strengths;

    FormulaPrinter(LayerGraph reduced) {
        graph = reduced;
        names = SharedSubexpressions.names(reduced);
        texts = new String[LayerGraph.INITIAL_NODES + reduced.nodes().size()];
        strengths = new int[texts.length];
    }

    String print() {
        StringBuilder out = new StringBuilder();
        set(LayerGraph.X, "x", VALUE);
        set(LayerGraph.ZERO, "0", VALUE);
        set(LayerGraph.V0, "v0", VALUE);
        set(LayerGraph.V1, "v1", VALUE);
        for (int id = LayerGraph.INITIAL_NODES; id < texts.length; id++) {
            write(id, graph.node(id));
            if (names.containsKey(id)) {
                out.append(names.get(id)).append(" = ").append(texts[id]).append("; ");
                set(id, names.get(id), VALUE);
            }
        }
        return out.append(texts[graph.output()]).toString();
    }

    private void set(int id, String text, int strength) {
        texts[id] = text;
        strengths[id] = strength;
    }

    private void write(int id, Node node) {
        int a = node.inputs().get(0);
        int b = node.inputs().get(node.inputs().size() - 1);
        if (node.primitive() == Elementwise.ADD) {
            set(
                    id,
                    isNegation(b)
                            ? left(a, SUM) + " - "
                                    + right(graph.node(b).inputs().get(0), PRODUCT)
                            : left(a, SUM) + " + " + right(b, PRODUCT),
                    SUM);
        } else if (node.primitive() == Elementwise.MUL) {
            set(id, left(a, PRODUCT) + " * " + right(b, NEGATION), PRODUCT);
        } else if (node.primitive() == Elementwise.DIV) {
            set(id, left(a, PRODUCT) + " / " + right(b, NEGATION), PRODUCT);
        } else if (node.primitive() == Elementwise.NEG) {
            set(id, "-" + left(a, VALUE), NEGATION);
        } else if (node.primitive() == Elementwise.EXP && a == LayerGraph.ZERO) {
            set(id, "1", VALUE);
        } else {
            String inputs = node.primitive().arity() == 1 ? texts[a] : texts[a] + ", " + texts[b];
            set(id, node.primitive().symbol() + "(" + inputs + ")", VALUE);
        }
    }

    private boolean isNegation(int id) {
        return id >= LayerGraph.INITIAL_NODES
                && !names.containsKey(id)
                && graph.node(id).primitive() == Elementwise.NEG;
    }

    /** The node's text, in parentheses if the node binds less than {@code strength}. */
    private String left(int id, int strength) {
        return strengths[id] >= strength ? texts[id] : "(" + texts[id] + ")";
    }

    /** As {@link #left}, with every negation in parentheses, so that no two signs meet. */
    private String right(int id, int strength) {
        return strengths[id] == NEGATION ? "(" + texts[id] + ")" : left(id, strength);
    }
}
