package org.evonorm.evolution;

import java.io.Serializable;
import java.util.List;
import org.evonorm.graph.variation.NodeSurvival;

/**
 * The mating pool: all that the proposals of a generation are made from, fixed before the first of them.
 *
 * @param parents  the members of the window that tournaments may draw, oldest first
 * @param survival counts of the committed generations' nodes, from which nodes are drawn where the settings say so
 */
public record MatingPool(List<Evaluated> parents, NodeSurvival survival) implements Serializable {

    public MatingPool {
        parents = List.copyOf(parents);
    }

    /** The pool of all members of a window, with nothing learned. */
    public static MatingPool of(SlidingWindow window) {
        return new MatingPool(window.members(), NodeSurvival.none());
    }
}
