package org.evonorm.graph;

/**
 * The text form of layers, for example {@code x / max(std_bwh(x), v1 * x + std_wh(x))}, in which people and tables
 * write layers (docs/design.md, "Text and JSON forms").
 *
 * <p>Values are {@code x}, {@code 0}, {@code v0}, {@code v1} and {@code 1}, which is exp(0). {@code + - * /} have the
 * usual precedence, {@code a - b} is a + (−b), and every primitive can be written as a function by its symbol. Names
 * may be bound first, as in {@code a = x * x; a / (a + v1)}. A v0 or v1 with another shape or start than the paper's
 * comes before these: {@code v1 = layer(0.5); tanh(v1 * x)}, or {@code channel(0.5)}; so do other groups than those of
 * 8 channels: {@code groups = count(32); x / std_whcg(x)}, or {@code size(16)}. A layer without trailing affine ends in
 * {@code | no affine}.
 */
public final class Formula {

    /** The largest number of different functions in a formula. */
    public static final int MOST_NODES = 1000;

    private static final String NO_AFFINE = " | no affine";

    private Formula() {}

    /**
     * The formula of a graph: reachable nodes only, with names for shared subexpressions of long formulas. Parsing
     * gives {@link CanonicalForm#reduced} of the graph.
     */
    public static String print(LayerGraph graph) {
        return new FormulaPrinter(CanonicalForm.reduced(graph)).print();
    }

    /** The formula of a layer. Parsing gives the layer with its graph {@linkplain CanonicalForm#reduced reduced}. */
    public static String print(Layer layer) {
        CanonicalLayer canonical = CanonicalLayer.of(layer);
        return vector("v0", canonical.vectors().v0(), TrainableVectors.PAPER.v0())
                + vector("v1", canonical.vectors().v1(), TrainableVectors.PAPER.v1())
                + (canonical.groups().equals(GroupRule.DEFAULT)
                        ? ""
                        : "groups = " + canonical.groups().text() + "; ")
                + print(layer.graph())
                + (layer.affine() ? "" : NO_AFFINE);
    }

    private static String vector(String name, TrainableVector vector, TrainableVector paper) {
        return vector.equals(paper) ? "" : name + " = " + vector.text() + "; ";
    }

    /**
     * The layer that a formula describes; equal subexpressions become one node.
     *
     * @return the layer with its graph {@linkplain CanonicalForm#reduced reduced}
     * @throws FormulaException if the text is not a formula, nests more than 250 parentheses or has more than
     *     {@link #MOST_NODES} nodes
     */
    public static Layer parse(String formula) {
        return new FormulaParser(formula).parse();
    }
}
