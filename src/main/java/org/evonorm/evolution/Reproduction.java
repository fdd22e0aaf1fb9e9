package org.evonorm.evolution;

import java.io.Serializable;
import java.util.random.RandomGenerator;
import org.evonorm.graph.Family;
import org.evonorm.graph.Layer;
import org.evonorm.graph.LayerGraph;
import org.evonorm.graph.Mutation;
import org.evonorm.graph.RandomGraphs;
import org.evonorm.graph.SearchSpace;

/**
 * The reproduction of layers (paper, section 4): a new layer is a random graph with some probability, else the mutated
 * winner of a tournament in the window. The constructor throws IllegalArgumentException for values out of range.
 *
 * @param space       primitives, inputs and vectors that are drawn from
 * @param nodes       number of intermediate nodes of a random graph, at least 1
 * @param strategy    evolution, or random search for comparison
 * @param tournament  the choice of parents
 * @param randomShare probability of a random graph, from 0 to 1
 * @param mutations   number of mutations of a winner, at least 1
 */
public record Reproduction(
        SearchSpace space, int nodes, Strategy strategy, Tournament tournament, double randomShare, int mutations)
        implements Serializable {

    /** Reproduction in the paper's search space of a family. */
    public Reproduction(
            Family family, int nodes, Strategy strategy, Tournament tournament, double randomShare, int mutations) {
        this(SearchSpace.of(family), nodes, strategy, tournament, randomShare, mutations);
    }

    /** A new layer and its origin. */
    public record Offspring(Layer layer, Origin origin) {}

    public Reproduction {
        if (nodes < 1) {
            throw new IllegalArgumentException("a layer needs at least 1 intermediate node, not " + nodes);
        }
        if (!(randomShare >= 0 && randomShare <= 1)) {
            throw new IllegalArgumentException("the share of random graphs is from 0 to 1, not " + randomShare);
        }
        if (mutations < 1) {
            throw new IllegalArgumentException("a winner is mutated at least once, not " + mutations + " times");
        }
    }

    /** A new layer; a random graph if the window has no members. */
    public Offspring offspring(SlidingWindow window, RandomGenerator random) {
        boolean mutate =
                strategy == Strategy.EVOLUTION && !window.members().isEmpty() && random.nextDouble() >= randomShare;
        return mutate ? mutant(window, random) : new Offspring(randomLayer(random), new Origin.Random());
    }

    private Layer randomLayer(RandomGenerator random) {
        return space.layer(new RandomGraphs(space, nodes).next(random));
    }

    private Offspring mutant(SlidingWindow window, RandomGenerator random) {
        Candidate parent = tournament.winner(window.members(), random).candidate();
        Mutation mutation = new Mutation(space);
        LayerGraph graph = parent.layer().graph();
        for (int i = 0; i < mutations; i++) {
            graph = mutation.mutate(graph, random);
        }
        return new Offspring(space.mutant(parent.layer(), graph), new Origin.Mutation(parent.id()));
    }
}
