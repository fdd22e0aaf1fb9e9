package org.evonorm.evolution;

import java.io.Serializable;
import java.util.Comparator;
import org.evonorm.graph.Layer;

/**
 * A layer proposed in a generation.
 *
 * @param id         the layer's structural identity: equal for graphs with the same canonical form
 * @param generation from 0; generation 0 holds the baselines and seeds
 * @param index      position in its generation, from 0
 * @param layer      as proposed, unreachable nodes and all, so that mutation can bring them back
 */
public record Candidate(String id, Origin origin, int generation, int index, Layer layer) implements Serializable {

    /** The order of evaluation: by generation, then by index. */
    public static final Comparator<Candidate> EVALUATION_ORDER =
            Comparator.comparingInt(Candidate::generation).thenComparingInt(Candidate::index);
}
