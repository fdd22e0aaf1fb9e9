package org.evonorm.graph;

import java.io.Serializable;

/**
 * A canonical layer: a layer whose graph is in {@linkplain CanonicalForm canonical form}. Lowering and engines take no
 * other layer, since running statistics are numbered in the order of the canonical form's nodes. Equal canonical layers
 * compute the same function.
 */
public final class CanonicalLayer implements Serializable {

    private static final long serialVersionUID = 1;

    private final Layer layer;

    private CanonicalLayer(Layer layer) {
        this.layer = layer;
    }

    /** The canonical layer of a layer in any form. */
    public static CanonicalLayer of(Layer layer) {
        return new CanonicalLayer(new Layer(
                CanonicalForm.of(layer.graph()),
                layer.affine(),
                layer.vectors().whereReached(layer.graph(), TrainableVectors.PAPER),
                layer.groups().whereReached(layer.graph(), GroupRule.DEFAULT)));
    }

    /** The layer itself, for methods that take layers in any form. */
    public Layer layer() {
        return layer;
    }

    /** The graph in canonical form. */
    public LayerGraph graph() {
        return layer.graph();
    }

    /** Shapes and start values of v0 and v1; the paper's for a vector that the graph does not reach. */
    public TrainableVectors vectors() {
        return layer.vectors();
    }

    /** The rule that divides channels into groups; the default for a graph without groups. */
    public GroupRule groups() {
        return layer.groups();
    }

    /** Whether {@code gamma * y + beta} follows the graph. */
    public boolean affine() {
        return layer.affine();
    }

    /** Whether the output is the input. */
    public boolean isIdentity() {
        return graph().isIdentity() && !affine();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CanonicalLayer canonical && layer.equals(canonical.layer);
    }

    @Override
    public int hashCode() {
        return layer.hashCode();
    }

    @Override
    public String toString() {
        return Formula.print(layer);
    }
}
