package org.evonorm.evolution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.inference.AlternativeHypothesis;
import org.apache.commons.math3.stat.inference.BinomialTest;
import org.evonorm.evolution.Reproduction.Offspring;
import org.evonorm.graph.Family;
import org.evonorm.graph.LayerGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReproductionTest {

    private static final SlidingWindow WINDOW = new SlidingWindow(100, Population.ascending(40));
    private static final int DRAWS = 4000;

    private static Reproduction reproduction(Strategy strategy, double randomShare, int mutations) {
        return new Reproduction(
                Family.B, 10, strategy, new Tournament(0.05, new Selection.Pareto()), randomShare, mutations);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.0, 0.1, 0.5, 1.0})
    void theShareOfRandomGraphsIsTheSetting(double share) {
        Reproduction reproduction = reproduction(Strategy.EVOLUTION, share, 2);
        SplittableRandom random = new SplittableRandom(3);
        int fresh = (int) IntStream.range(0, DRAWS)
                .filter(i -> reproduction.offspring(WINDOW, random).origin() instanceof Origin.Random)
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
            Offspring offspring = reproduction.offspring(WINDOW, random);
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
        Reproduction reproduction =
                new Reproduction(family, 7, Strategy.RANDOM, new Tournament(0.05, new Selection.Pareto()), 0.5, 2);
        SplittableRandom random = new SplittableRandom(5);
        for (int i = 0; i < 200; i++) {
            Offspring offspring = reproduction.offspring(WINDOW, random);
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
                        .offspring(WINDOW, leastNumbers)
                        .origin());
    }

    @Test
    void randomSearchNeverLooksAtTheWindow() {
        Reproduction evolution = reproduction(Strategy.RANDOM, 0, 2);
        for (int seed = 0; seed < 200; seed++) {
            Offspring offspring = evolution.offspring(WINDOW, new SplittableRandom(seed));
            assertEquals(new Origin.Random(), offspring.origin());
            assertEquals(offspring, evolution.offspring(SlidingWindow.empty(5), new SplittableRandom(seed)));
        }
    }

    @Test
    void withoutParentsOffspringAreRandom() {
        Offspring offspring =
                reproduction(Strategy.EVOLUTION, 0, 2).offspring(SlidingWindow.empty(10), new SplittableRandom(6));
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
                        Family.S, 0, Strategy.EVOLUTION, new Tournament(0.05, new Selection.Pareto()), 0.5, 2));
    }

    private static LayerGraph graphOf(String id) {
        List<Evaluated> members = WINDOW.members();
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
