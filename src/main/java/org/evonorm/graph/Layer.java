package org.evonorm.graph;

import java.io.Serializable;

/**
 * A normalization-activation layer, which takes the place of a pair of batch normalization and ReLU (docs/design.md,
 * "Layers").
 *
 * @param graph  the function of the input, [B, H, W, C] to [B, H, W, C]
 * @param affine whether the trailing affine {@code gamma * y + beta} follows the graph; layers that carry their own
 *               scale and shift as v1 and v0 have no trailing affine
 * @param vectors shapes and start values of v0 and v1
 * @param groups the rule that divides channels into groups
 */
public record Layer(LayerGraph graph, boolean affine, TrainableVectors vectors, GroupRule groups)
        implements Serializable {

    /** A layer with the paper's v0 and v1 and groups of 8 channels. */
    public Layer(LayerGraph graph, boolean affine) {
        this(graph, affine, TrainableVectors.PAPER, GroupRule.DEFAULT);
    }

    /** A layer as the search proposes layers, with the trailing affine and the paper's v0 and v1. */
    public static Layer evolved(LayerGraph graph) {
        return new Layer(graph, true);
    }

    /** This layer with another graph. */
    public Layer withGraph(LayerGraph other) {
        return new Layer(other, affine, vectors, groups);
    }

    /** This layer without its affine. */
    public Layer withoutAffine() {
        return new Layer(graph, false, vectors, groups);
    }

    /** This layer with another rule of groups. */
    public Layer withGroups(GroupRule other) {
        return new Layer(graph, affine, vectors, other);
    }

    /** The filling of places that have normalization but no activation (the linear bottlenecks of MobileNetV2). */
    public LinearPlace linearPlace() {
        if (graph.isIdentity()) {
            return LinearPlace.NOTHING;
        }
        return affine ? LinearPlace.AFFINE : LinearPlace.BATCH_NORM;
    }

    /** The fillings of a linear place (docs/design.md, "Anchor networks"). */
    public enum LinearPlace {
        /** Nothing; for the identity. */
        NOTHING,
        /** The affine alone; for layers with trailing affine. */
        AFFINE,
        /** Batch normalization with scale and shift; for layers without trailing affine. */
        BATCH_NORM
    }
}
