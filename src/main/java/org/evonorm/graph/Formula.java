package org.evonorm.graph;

/**
 * The text form of layers, for example {@code x / max(std_bwh(x), v1 * x + std_wh(x))}.
 *
 * <p>Values are {@code x}, {@code 0}, {@code v0}, {@code v1} and {@code 1}, which is exp(0); {@code + - * /} have the
 * usual precedence, {@code a - b} is a + (−b), and all primitives can be written as functions by their symbols. Names
 * may be bound first, as in {@code a = x * x; a / (a + v1)}. A layer without trailing affine ends in {@code | no
 * affine}.
 */
public final class Formula {

    /** Most different functions that a formula may stand for. */
    public static final int MOST_NODES = 1000;

    private static final String NO_AFFINE = " | no affine";

    private Formula() {}

    /**
     * The formula of a graph: reachable nodes only, with names for shared subexpressions where it would get long
     * without. Parsing it gives {@link CanonicalForm#reduced} of the graph.
     */
    public static String print(LayerGraph graph) {
        return new FormulaPrinter(CanonicalForm.reduced(graph)).print();
    }

    /** The formula of a layer. Parsing it gives the layer with its graph {@linkplain CanonicalForm#reduced reduced}. */
    public static String print(Layer layer) {
        return print(layer.graph()) + (layer.affine() ? "" : NO_AFFINE);
    }

    /**
     * Reads a formula; equal subexpressions become one node.
     *
     * @return the layer with its graph {@linkplain CanonicalForm#reduced reduced}
     * @throws FormulaException if the text is not a formula, nests more than 250 parentheses or has more than
     *     {@link #MOST_NODES} nodes
     */
    public static Layer parse(String formula) {
        return new FormulaParser(formula).parse();
    }
}
