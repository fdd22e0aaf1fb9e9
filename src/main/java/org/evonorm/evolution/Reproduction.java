package org.evonorm.evolution;

import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.evonorm.graph.Layer;
import org.evonorm.graph.LayerGraph;
import org.evonorm.graph.Mutation;
import org.evonorm.graph.NodeDistribution;
import org.evonorm.graph.RandomGraphs;
import org.evonorm.graph.SearchSpace;
import org.evonorm.graph.UniformNodes;
import org.evonorm.graph.variation.Crossover;
import org.evonorm.graph.variation.Insertion;
import org.evonorm.graph.variation.LearnedNodes;
import org.evonorm.graph.variation.Removal;

/**
 * The reproduction of layers (paper, section 4): a new layer is a random graph with some probability, else the mutated
 * winner of a tournament, or a child of two winners. The constructor throws IllegalArgumentException for values out of
 * range.
 *
 * @param space       primitives, inputs and vectors that are drawn from
 * @param nodes       number of intermediate nodes of a random graph, at least 1; no crossover and no insertion goes
 *                    beyond it
 * @param strategy    evolution, or random search for comparison
 * @param tournament  the choice of parents
 * @param randomShare probability of a random graph, from 0 to 1
 * @param mutations   number of mutations of a winner, at least 1
 * @param shares      shares of the operators that the paper does not have
 */
public record Reproduction(
        SearchSpace space,
        int nodes,
        Strategy strategy,
        Tournament tournament,
        double randomShare,
        int mutations,
        VariationShares shares)
        implements Serializable {

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

    /** A new layer; a random graph if the pool has no parents. */
    public Offspring offspring(MatingPool pool, RandomGenerator random) {
        boolean vary =
                strategy == Strategy.EVOLUTION && !pool.parents().isEmpty() && random.nextDouble() >= randomShare;
        NodeDistribution distribution = distribution(pool, random);
        if (!vary) {
            LayerGraph graph = new RandomGraphs(distribution, nodes).next(random);
            return new Offspring(space.layer(graph), new Origin.Random());
        }
        Optional<Offspring> child =
                happens(shares.crossover(), random) ? child(pool.parents(), random) : Optional.empty();
        return child.orElseGet(() -> mutant(pool.parents(), distribution, random));
    }

    private NodeDistribution distribution(MatingPool pool, RandomGenerator random) {
        return happens(shares.learned(), random) && pool.survival().hasSurvivors()
                ? new LearnedNodes(space, pool.survival())
                : new UniformNodes(space);
    }

    private Offspring mutant(List<Evaluated> parents, NodeDistribution distribution, RandomGenerator random) {
        Candidate parent = tournament.winner(parents, random).candidate();
        LayerGraph graph = parent.layer().graph();
        for (int i = 0; i < mutations; i++) {
            graph = mutated(graph, distribution, random);
        }
        return new Offspring(space.mutant(parent.layer(), graph), new Origin.Mutation(parent.id()));
    }

    /** One mutation of the graph; the paper's where another is not possible, and an insertion into the identity. */
    private LayerGraph mutated(LayerGraph graph, NodeDistribution distribution, RandomGenerator random) {
        Optional<LayerGraph> mutant = Optional.empty();
        if (shares.insertion() + shares.removal() > 0) {
            double drawn = random.nextDouble();
            if (drawn < shares.insertion()) {
                mutant = new Insertion(distribution, nodes).mutate(graph, random);
            } else if (drawn < shares.insertion() + shares.removal()) {
                mutant = Removal.mutate(graph, random);
            }
        }
        if (mutant.isEmpty() && graph.isIdentity()) {
            mutant = new Insertion(distribution, nodes).mutate(graph, random);
        }
        return mutant.orElseGet(() -> new Mutation(distribution).mutate(graph, random));
    }

    /** A child of the winners of two tournaments, the second without the first winner; empty if there is none. */
    private Optional<Offspring> child(List<Evaluated> parents, RandomGenerator random) {
        Candidate base = tournament.winner(parents, random).candidate();
        List<Evaluated> others = parents.stream()
                .filter(member -> !member.candidate().id().equals(base.id()))
                .toList();
        if (others.isEmpty()) {
            return Optional.empty();
        }
        Candidate donor = tournament.winner(others, random).candidate();
        return new Crossover(nodes)
                .child(base.layer().graph(), donor.layer().graph(), random)
                .map(graph -> new Offspring(
                        space.child(base.layer(), donor.layer(), graph), new Origin.Crossover(base.id(), donor.id())));
    }

    /** A share of 0 draws nothing, so that the paper's procedure draws the same numbers as without the operator. */
    private static boolean happens(double share, RandomGenerator random) {
        return share > 0 && random.nextDouble() < share;
    }
}
