package org.evonorm.graph;

import java.io.Serializable;

/**
 * What takes the place of a normalization and activation: a graph, and whether {@code gamma * y + beta} follows it.
 * Layers that carry their own scale and shift as v1 and v0 have no trailing affine.
 */
public record Layer(LayerGraph graph, boolean affine) implements Serializable {

    /** A layer as the search proposes it, with the trailing affine. */
    public static Layer evolved(LayerGraph graph) {
        return new Layer(graph, true);
    }

    /** What stands at a place that has normalization but no activation (the linear bottlenecks of MobileNetV2). */
    public LinearPlace linearPlace() {
        if (graph.isIdentity()) {
            return LinearPlace.NOTHING;
        }
        return affine ? LinearPlace.AFFINE : LinearPlace.BATCH_NORM;
    }

    /** The three fillings of a place without activation (DESIGN section 3). */
    public enum LinearPlace {
        /** Identity: nothing at all. */
        NOTHING,
        /** Evolved layers: the affine alone. */
        AFFINE,
        /** Baselines: batch normalization with scale and shift. */
        BATCH_NORM
    }
}
