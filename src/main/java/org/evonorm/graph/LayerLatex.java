package org.evonorm.graph;

import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;

/**
 * The LaTeX form of layers, for use in math mode with amsmath: {@code y = \gamma …  + \beta}. Only reachable nodes are
 * written; shared subexpressions of long formulas get lines of their own. The eps that guards divisions is left out,
 * for legibility.
 */
public final class LayerLatex {

    // How strongly an operator binds its operands.
    private static final int SUM = 1;
    private static final int PRODUCT = 2;
    private static final int POWER = 3;
    private static final int VALUE = 4;

    private static final String SIGNED_LOG = "\\operatorname{slog}";
    private static final String SIGNED_ROOT = "\\operatorname{ssqrt}";

    private final LayerGraph graph;
    private final Map<Integer, String> names;
    private final String[] texts;
    private final int[] strengths;

    private LayerLatex(LayerGraph reduced) {
        graph = reduced;
        names = SharedSubexpressions.names(reduced);
        texts = new String[LayerGraph.INITIAL_NODES + reduced.nodes().size()];
        strengths = new int[texts.length];
    }

    /** The layer as one equation, or as aligned equations if it needs names or the signed log or sqrt. */
    public static String print(Layer layer) {
        return new LayerLatex(CanonicalForm.reduced(layer.graph())).write(layer.affine());
    }

    private String write(boolean affine) {
        set(LayerGraph.X, "x", VALUE);
        set(LayerGraph.ZERO, "0", VALUE);
        set(LayerGraph.V0, "v_0", VALUE);
        set(LayerGraph.V1, "v_1", VALUE);
        StringBuilder bindings = new StringBuilder();
        for (int id = LayerGraph.INITIAL_NODES; id < texts.length; id++) {
            write(id, graph.node(id));
            if (names.containsKey(id)) {
                String name = latexName(names.get(id));
                bindings.append(line(name, texts[id]));
                set(id, name, VALUE);
            }
        }
        int output = graph.output();
        String y = affine ? "\\gamma " + atLeast(output, PRODUCT) + " + \\beta" : texts[output];
        String more = bindings + signedDefinitions(y + bindings);
        return more.isEmpty() ? "y = " + y : "\\begin{aligned} y &= " + y + more + " \\end{aligned}";
    }

    private static String latexName(String name) {
        return name.length() == 1 ? name : name.charAt(0) + "_{" + name.substring(1) + "}";
    }

    private static String line(String left, String right) {
        return " \\\\ " + left + " &= " + right;
    }

    private static String signedDefinitions(String written) {
        String log = SIGNED_LOG + "(t)";
        String root = SIGNED_ROOT + "(t)";
        return (written.contains(SIGNED_LOG) ? line(log, "\\operatorname{sign}(t) \\ln(|t| + \\epsilon)") : "")
                + (written.contains(SIGNED_ROOT) ? line(root, "\\operatorname{sign}(t) \\sqrt{|t| + \\epsilon}") : "");
    }

    private void set(int id, String text, int strength) {
        texts[id] = text;
        strengths[id] = strength;
    }

    private void write(int id, Node node) {
        int a = node.inputs().get(0);
        int b = node.inputs().get(node.inputs().size() - 1);
        if (node.primitive() instanceof Aggregate aggregate) {
            set(id, call(statistic(aggregate), texts[a]), VALUE);
            return;
        }
        switch ((Elementwise) node.primitive()) {
            case ADD -> writeSum(id, a, b);
            case MUL -> set(id, atLeast(a, PRODUCT) + " " + factor(b), PRODUCT);
            case DIV -> set(id, "\\frac{" + texts[a] + "}{" + texts[b] + "}", POWER);
            case MAX -> set(id, call("\\max", texts[a] + ", " + texts[b]), VALUE);
            case NEG -> set(id, "-" + atLeast(a, PRODUCT), SUM);
            case SIGMOID -> set(id, call("\\sigma", texts[a]), VALUE);
            case TANH -> set(id, call("\\tanh", texts[a]), VALUE);
            case EXP -> writeExponential(id, a);
            case LOG -> set(id, call(SIGNED_LOG, texts[a]), VALUE);
            case ABS -> set(id, "\\left|" + texts[a] + "\\right|", VALUE);
            case SQUARE -> set(id, atLeast(a, VALUE) + "^2", POWER);
            case SQRT -> set(id, call(SIGNED_ROOT, texts[a]), VALUE);
            case ERF -> set(id, call("\\operatorname{erf}", texts[a]), VALUE);
            default -> throw new AssertionError(node);
        }
    }

    private void writeSum(int id, int a, int b) {
        boolean difference = b >= LayerGraph.INITIAL_NODES
                && !names.containsKey(b)
                && graph.node(b).primitive() == Elementwise.NEG;
        set(
                id,
                texts[a]
                        + (difference
                                ? " - " + atLeast(graph.node(b).inputs().get(0), PRODUCT)
                                : " + " + atLeast(b, PRODUCT)),
                SUM);
    }

    private void writeExponential(int id, int a) {
        if (a == LayerGraph.ZERO) {
            set(id, "1", VALUE);
        } else {
            set(id, "e^{" + texts[a] + "}", POWER);
        }
    }

    /** The second factor of a product; a dot comes before numbers. */
    private String factor(int id) {
        String text = atLeast(id, POWER);
        return Character.isDigit(text.charAt(0)) ? "\\cdot " + text : text;
    }

    private String atLeast(int id, int strength) {
        return strengths[id] >= strength ? texts[id] : "\\left(" + texts[id] + "\\right)";
    }

    private static String call(String function, String inputs) {
        return function + "\\left(" + inputs + "\\right)";
    }

    private static String statistic(Aggregate aggregate) {
        String function = switch (aggregate.statistic()) {
            case MEAN -> "\\mu";
            case RMS -> "\\operatorname{rms}";
            case STD -> "s";
        };
        String letters = aggregate.over().symbol().toLowerCase(Locale.ROOT);
        StringJoiner indices = new StringJoiner(",");
        letters.chars().filter(letter -> letter != 'g').forEach(letter -> indices.add(Character.toString(letter)));
        return function + "_{" + indices + (aggregate.over() == IndexSet.WHCG ? "/g}" : "}");
    }
}
