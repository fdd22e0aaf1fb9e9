package org.evonorm.evolution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.inference.AlternativeHypothesis;
import org.apache.commons.math3.stat.inference.BinomialTest;
import org.apache.commons.math3.stat.inference.ChiSquareTest;
import org.evonorm.evolution.Reproduction.Offspring;
import org.evonorm.graph.CandidateIdentity;
import org.evonorm.graph.CanonicalForm;
import org.evonorm.graph.Elementwise;
import org.evonorm.graph.Family;
import org.evonorm.graph.Formula;
import org.evonorm.graph.Layer;
import org.evonorm.graph.LayerGraph;
import org.evonorm.graph.Mutation;
import org.evonorm.graph.RandomGraphs;
import org.evonorm.graph.SearchSpace;
import org.evonorm.graph.variation.NodeSurvival;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReproductionTest {

    private static final MatingPool POOL = MatingPool.of(new SlidingWindow(100, Population.ascending(40)));
    private static final int DRAWS = 4000;

    private static Reproduction reproduction(Strategy strategy, double randomShare, int mutations) {
        return new Reproduction(
                SearchSpace.of(Family.B),
                10,
                strategy,
                new Tournament(0.05, new Selection.Pareto()),
                randomShare,
                mutations,
                VariationShares.PAPER);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.0, 0.1, 0.5, 1.0})
    void theShareOfRandomGraphsIsTheSetting(double share) {
        Reproduction reproduction = reproduction(Strategy.EVOLUTION, share, 2);
        SplittableRandom random = new SplittableRandom(3);
        int fresh = (int) IntStream.range(0, DRAWS)
                .filter(i -> reproduction.offspring(POOL, random).origin() instanceof Origin.Random)
                .count();
        double p = new BinomialTest().binomialTest(DRAWS, fresh, share, AlternativeHypothesis.TWO_SIDED);
        assertTrue(p > 0.001, fresh + " of " + DRAWS + " are random where " + share + " should be");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void aMutantDiffersFromItsParentInAtMostTheMutatedNodes(int mutations) {
        Reproduction reproduction = reproduction(Strategy.EVOLUTION, 0, mutations);
        SplittableRandom random = new SplittableRandom(4);
        int most = 0;
        for (int i = 0; i < 500; i++) {
            Offspring offspring = reproduction.offspring(POOL, random);
            String parent =
                    assertInstanceOf(Origin.Mutation.class, offspring.origin()).parent();
            int changed = changedNodes(graphOf(parent), offspring.layer().graph());
            assertTrue(changed <= mutations, changed + " nodes changed by " + mutations + " mutations");
            most = Math.max(most, changed);
        }
        assertEquals(mutations, most);
    }

    @ParameterizedTest
    @EnumSource(Family.class)
    void offspringAreEvolvedLayersOfTheFamily(Family family) {
        Reproduction reproduction = new Reproduction(
                SearchSpace.of(family),
                7,
                Strategy.RANDOM,
                new Tournament(0.05, new Selection.Pareto()),
                0.5,
                2,
                VariationShares.PAPER);
        SplittableRandom random = new SplittableRandom(5);
        for (int i = 0; i < 200; i++) {
            Offspring offspring = reproduction.offspring(POOL, random);
            assertTrue(offspring.layer().affine());
            assertEquals(7, offspring.layer().graph().nodes().size());
            assertTrue(family.allows(offspring.layer().graph()));
        }
    }

    @Test
    void aShareOfZeroMutatesWhateverIsDrawn() {
        SplittableRandom random = new SplittableRandom(7);
        RandomGenerator leastNumbers = new RandomGenerator() {
            @Override
            public long nextLong() {
                return random.nextLong();
            }

            @Override
            public double nextDouble() {
                return 0;
            }
        };
        assertInstanceOf(
                Origin.Mutation.class,
                reproduction(Strategy.EVOLUTION, 0, 2)
                        .offspring(POOL, leastNumbers)
                        .origin());
    }

    @Test
    void randomSearchNeverLooksAtTheWindow() {
        Reproduction evolution = reproduction(Strategy.RANDOM, 0, 2);
        for (int seed = 0; seed < 200; seed++) {
            Offspring offspring = evolution.offspring(POOL, new SplittableRandom(seed));
            assertEquals(new Origin.Random(), offspring.origin());
            assertEquals(
                    offspring, evolution.offspring(MatingPool.of(SlidingWindow.empty(5)), new SplittableRandom(seed)));
        }
    }

    @Test
    void withoutParentsOffspringAreRandom() {
        Offspring offspring = reproduction(Strategy.EVOLUTION, 0, 2)
                .offspring(MatingPool.of(SlidingWindow.empty(10)), new SplittableRandom(6));
        assertEquals(new Origin.Random(), offspring.origin());
    }

    @Test
    void refusesSettingsOutOfRange() {
        assertThrows(IllegalArgumentException.class, () -> reproduction(Strategy.EVOLUTION, 1.5, 2));
        assertThrows(IllegalArgumentException.class, () -> reproduction(Strategy.EVOLUTION, Double.NaN, 2));
        assertThrows(IllegalArgumentException.class, () -> reproduction(Strategy.EVOLUTION, 0.5, 0));
        assertThrows(
                IllegalArgumentException.class,
                () -> new Reproduction(
                        SearchSpace.of(Family.S),
                        0,
                        Strategy.EVOLUTION,
                        new Tournament(0.05, new Selection.Pareto()),
                        0.5,
                        2,
                        VariationShares.PAPER));
    }

    private static Reproduction with(VariationShares shares) {
        return new Reproduction(
                SearchSpace.of(Family.B),
                10,
                Strategy.EVOLUTION,
                new Tournament(0.05, new Selection.Pareto()),
                0,
                2,
                shares);
    }

    @Test
    void thePaperDrawsTheSameNumbersAsBeforeThereWereOtherOperators() {
        NodeSurvival.Tally tally = new NodeSurvival.Tally();
        tally.add(graphOf("c3"), true);
        MatingPool learned = new MatingPool(POOL.parents(), tally.survival());
        for (int seed = 0; seed < 100; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            // The draw between a random graph and a mutant.
            random.nextDouble();
            Evaluated winner = tournamentOf(0.05).winner(POOL.parents(), random);
            LayerGraph mutant = winner.candidate().layer().graph();
            for (int i = 0; i < 2; i++) {
                mutant = new Mutation(Family.B).mutate(mutant, random);
            }
            assertEquals(
                    new Offspring(
                            Layer.evolved(mutant),
                            new Origin.Mutation(winner.candidate().id())),
                    with(VariationShares.PAPER).offspring(learned, new SplittableRandom(seed)));
        }
    }

    private static Tournament tournamentOf(double share) {
        return new Tournament(share, new Selection.Pareto());
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.1, 0.5, 1.0})
    void theShareOfCrossoversIsTheSetting(double share) {
        Reproduction reproduction = with(new VariationShares(share, 0, 0, 0));
        SplittableRandom random = new SplittableRandom(8);
        int crossovers = 0;
        int possible = 0;
        for (int i = 0; i < DRAWS; i++) {
            Offspring offspring = reproduction.offspring(POOL, random);
            possible++;
            if (offspring.origin() instanceof Origin.Crossover crossover) {
                crossovers++;
                assertNotEquals(crossover.parent(), crossover.secondParent());
                assertTrue(offspring.layer().graph().nodes().size() <= 10);
            }
        }
        // A few pairs of random graphs have no child that differs from both.
        assertTrue(
                crossovers <= share * possible + 4 * Math.sqrt(possible) && crossovers > 0.8 * share * possible,
                crossovers + " of " + possible);
    }

    @Test
    void mutationsInsertRemoveAndChangeByTheirShares() {
        // Three nodes that all count, of which one mutation makes four, two or three.
        MatingPool one = poolOf("tanh(abs(exp(x)))");
        Reproduction reproduction = new Reproduction(
                SearchSpace.of(Family.B),
                10,
                Strategy.EVOLUTION,
                tournamentOf(1),
                0,
                1,
                new VariationShares(0, 0.3, 0.2, 0));
        SplittableRandom random = new SplittableRandom(9);
        long[] sizes = new long[3];
        for (int i = 0; i < DRAWS; i++) {
            int nodes =
                    reproduction.offspring(one, random).layer().graph().nodes().size();
            sizes[nodes == 4 ? 0 : nodes == 3 ? 2 : 1]++;
        }
        double p = new ChiSquareTest().chiSquareTest(new double[] {0.3, 0.2, 0.5}, sizes);
        assertTrue(p > 0.001, Arrays.toString(sizes));
    }

    private static MatingPool poolOf(String... formulas) {
        List<Evaluated> members = new ArrayList<>();
        for (String formula : formulas) {
            Layer layer = Formula.parse(formula);
            members.add(new Evaluated(
                    new Candidate(CandidateIdentity.id(layer), new Origin.Seed(formula), 0, members.size(), layer),
                    new Fitness(0.5, 0.5)));
        }
        return new MatingPool(members, NodeSurvival.none());
    }

    /** Whatever the pool, a proposal comes to an end, and is a valid graph of the family. */
    @Test
    void degeneratePoolsGiveOffspringToo() {
        NodeSurvival.Tally fallen = new NodeSurvival.Tally();
        fallen.add(Formula.parse("tanh(x)").graph(), false);
        List<MatingPool> pools = List.of(
                poolOf(),
                poolOf("x"),
                poolOf("tanh(x)"),
                poolOf("x", "x + 0"),
                poolOf("tanh(x)", "tanh(x)", "tanh(x)"),
                poolOf("v0 + v0", "0 * x", "x"),
                new MatingPool(poolOf("tanh(x)", "exp(x)").parents(), fallen.survival()));
        for (MatingPool pool : pools) {
            for (int nodes : new int[] {1, 3}) {
                Reproduction reproduction = new Reproduction(
                        SearchSpace.of(Family.S),
                        nodes,
                        Strategy.EVOLUTION,
                        tournamentOf(0.2),
                        0.1,
                        2,
                        new VariationShares(0.5, 0.4, 0.4, 0.5));
                for (int seed = 0; seed < 100; seed++) {
                    Offspring offspring = reproduction.offspring(pool, new SplittableRandom(seed));
                    assertEquals(offspring, reproduction.offspring(pool, new SplittableRandom(seed)));
                    assertTrue(Family.S.allows(offspring.layer().graph()));
                }
            }
        }
    }

    @Test
    void theIdentityGetsANode() {
        Offspring offspring = reproduction(Strategy.EVOLUTION, 0, 1).offspring(poolOf("x"), new SplittableRandom(10));
        assertEquals(1, offspring.layer().graph().nodes().size());
        assertInstanceOf(Origin.Mutation.class, offspring.origin());
    }

    @Test
    void learnedProposalsFavourWhatSurvived() {
        NodeSurvival.Tally tally = new NodeSurvival.Tally();
        for (int i = 0; i < 300; i++) {
            LayerGraph graph = new RandomGraphs(Family.B, 10).next(new SplittableRandom(i));
            tally.add(graph, uses(graph, Elementwise.TANH));
        }
        MatingPool pool = new MatingPool(List.of(), tally.survival());
        long[] tanh = new long[2];
        for (int learned = 0; learned < 2; learned++) {
            Reproduction reproduction = with(new VariationShares(0, 0, 0, learned));
            for (int seed = 0; seed < 500; seed++) {
                LayerGraph graph = reproduction
                        .offspring(pool, new SplittableRandom(seed))
                        .layer()
                        .graph();
                tanh[learned] += uses(graph, Elementwise.TANH) ? 1 : 0;
            }
        }
        assertTrue(tanh[1] > 1.5 * tanh[0], Arrays.toString(tanh));
    }

    private static boolean uses(LayerGraph graph, Elementwise primitive) {
        return CanonicalForm.of(graph).nodes().stream().anyMatch(node -> node.primitive() == primitive);
    }

    @Test
    void refusesSharesOutOfRange() {
        assertThrows(IllegalArgumentException.class, () -> new VariationShares(-0.1, 0, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> new VariationShares(0, 0.6, 0.6, 0));
        assertThrows(IllegalArgumentException.class, () -> new VariationShares(0, 0, 0, Double.NaN));
    }

    private static LayerGraph graphOf(String id) {
        List<Evaluated> members = POOL.parents();
        return members.stream()
                .filter(member -> member.candidate().id().equals(id))
                .findFirst()
                .orElseThrow()
                .candidate()
                .layer()
                .graph();
    }

    private static int changedNodes(LayerGraph parent, LayerGraph child) {
        assertEquals(parent.nodes().size(), child.nodes().size());
        return (int) IntStream.range(0, parent.nodes().size())
                .filter(i -> !parent.nodes().get(i).equals(child.nodes().get(i)))
                .count();
    }
}
