package org.evonorm.evolution;

import java.io.Serializable;
import java.util.Comparator;
import org.evonorm.graph.Layer;

/**
 * A candidate: a layer proposed in a generation, the individual of the evolution.
 *
 * @param id         equal for layers with the same canonical form; see {@link org.evonorm.graph.CandidateIdentity}
 * @param generation from 0; generation 0 has the baselines and seed layers
 * @param index      position in the generation, from 0
 * @param layer      as proposed, with its unreachable nodes, so that mutation can bring them back
 */
public record Candidate(String id, Origin origin, int generation, int index, Layer layer) implements Serializable {

    /** The order of evaluation: by generation, then by index. */
    public static final Comparator<Candidate> EVALUATION_ORDER =
            Comparator.comparingInt(Candidate::generation).thenComparingInt(Candidate::index);
}
