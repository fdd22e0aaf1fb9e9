package org.evonorm.evolution;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class ParetoFrontTest {

    @RepeatedTest(60)
    void ranksAreThoseOfPeelingFrontAfterFront(RepetitionInfo repetition) {
        SplittableRandom random = new SplittableRandom(repetition.getCurrentRepetition());
        List<Fitness> members =
                Population.randomFitnesses(random.nextInt(80), 1 + random.nextInt(4), 1 + random.nextInt(12), random);
        assertArrayEquals(peeled(members), ParetoFront.ranks(members));
    }

    @RepeatedTest(20)
    void theFrontIsRankZeroInTheOrderGiven(RepetitionInfo repetition) {
        SplittableRandom random = new SplittableRandom(1000 + repetition.getCurrentRepetition());
        List<Fitness> members = Population.randomFitnesses(1 + random.nextInt(50), 3, 6, random);
        int[] ranks = ParetoFront.ranks(members);
        List<Integer> expected = IntStream.range(0, ranks.length)
                .filter(i -> ranks[i] == 0)
                .boxed()
                .toList();
        List<Integer> all = IntStream.range(0, ranks.length).boxed().toList();
        assertEquals(expected, ParetoFront.of(all, members::get));
    }

    @RepeatedTest(10)
    void ranksDoNotDependOnTheOrderOfMembers(RepetitionInfo repetition) {
        List<Fitness> members = Population.randomFitnesses(40, 3, 5, new SplittableRandom(7));
        List<Integer> order = new ArrayList<>(IntStream.range(0, 40).boxed().toList());
        Collections.shuffle(order, new Random(repetition.getCurrentRepetition()));
        int[] ranks = ParetoFront.ranks(members);
        int[] shuffled = ParetoFront.ranks(order.stream().map(members::get).toList());
        assertArrayEquals(order.stream().mapToInt(i -> ranks[i]).toArray(), shuffled);
    }

    @RepeatedTest(40)
    void furtherObjectivesAreAxesInTheirDirection(RepetitionInfo repetition) {
        SplittableRandom random = new SplittableRandom(3000 + repetition.getCurrentRepetition());
        List<Objective> objectives =
                List.of(Objective.PASSES, Objective.STEP_TIME).subList(0, 1 + random.nextInt(2));
        List<Fitness> members =
                Population.randomFitnesses(random.nextInt(60), 1 + random.nextInt(3), 1 + random.nextInt(5), random)
                        .stream()
                        .map(fitness -> fitness.with(objectives.stream()
                                .map(objective -> new ObjectiveValue(objective, 2 + random.nextInt(4)))
                                .toList()))
                        .toList();
        // A cost as an accuracy: the smaller one is the larger share.
        List<Fitness> asAccuracies = members.stream()
                .map(fitness -> new Fitness(Stream.concat(
                                fitness.accuracies().stream(),
                                fitness.further().stream().map(cost -> 1 / cost.value()))
                        .toList()))
                .toList();
        assertArrayEquals(peeled(asAccuracies), ParetoFront.ranks(members));
    }

    @Test
    void aCheaperLayerOfTheSameAccuracyDominatesAndACheaperLessAccurateOneDoesNot() {
        Fitness costly = new Fitness(0.5, 0.5).with(List.of(new ObjectiveValue(Objective.PASSES, 5)));
        Fitness cheap = new Fitness(0.5, 0.5).with(List.of(new ObjectiveValue(Objective.PASSES, 2)));
        Fitness worse = new Fitness(0.5, 0.4).with(List.of(new ObjectiveValue(Objective.PASSES, 2)));
        Fitness cheapest = new Fitness(0.1, 0.1).with(List.of(new ObjectiveValue(Objective.PASSES, 1)));
        assertTrue(cheap.dominates(costly));
        assertFalse(costly.dominates(cheap));
        assertFalse(costly.dominates(worse));
        assertFalse(cheap.dominates(cheapest) || cheapest.dominates(cheap));
        assertArrayEquals(new int[] {1, 0, 1, 0, 0}, ParetoFront.ranks(List.of(costly, cheap, worse, cheapest, cheap)));
        assertTrue(cheap.isAsGoodBesidesAccuracy(costly));
        assertFalse(costly.isAsGoodBesidesAccuracy(cheap));
    }

    @Test
    void layersOfDifferentObjectivesDoNotCompare() {
        Fitness accuracyAlone = new Fitness(0.5);
        Fitness passes = accuracyAlone.with(List.of(new ObjectiveValue(Objective.PASSES, 2)));
        Fitness parameters = accuracyAlone.with(List.of(new ObjectiveValue(Objective.PARAMETERS, 2)));
        assertThrows(IllegalArgumentException.class, () -> passes.dominates(accuracyAlone));
        assertThrows(IllegalArgumentException.class, () -> passes.dominates(parameters));
        assertThrows(IllegalArgumentException.class, () -> new ObjectiveValue(Objective.STEP_TIME, Double.NaN));
    }

    @Test
    void equalVectorsShareTheirRank() {
        Fitness twin = new Fitness(0.5, 0.25);
        assertFalse(twin.dominates(new Fitness(0.5, 0.25)));
        assertArrayEquals(
                new int[] {0, 0, 1, 1},
                ParetoFront.ranks(List.of(twin, twin, new Fitness(0.5, 0.2), new Fitness(0.5, 0.2))));
    }

    @Test
    void betterInOneNetworkAndWorseInAnotherDoesNotDominate() {
        assertFalse(new Fitness(0.9, 0.1).dominates(new Fitness(0.1, 0.9)));
        assertTrue(new Fitness(0.9, 0.1).dominates(new Fitness(0.9, 0.0)));
        assertFalse(new Fitness(0.9, 0.0).dominates(new Fitness(0.9, 0.1)));
    }

    @Test
    void theMeanIsOverNetworks() {
        assertEquals(0.375, new Fitness(0.5, 0.25).mean());
        assertEquals(0.5, new Fitness(1.0, 0.0, 0.5).mean());
    }

    @Test
    void fitnessesOfDifferentNetworksDoNotCompare() {
        Fitness one = new Fitness(0.5);
        Fitness two = new Fitness(0.25, 0.5);
        assertThrows(IllegalArgumentException.class, () -> one.dominates(two));
        assertThrows(IllegalArgumentException.class, () -> one.compareLexicographically(two));
        assertThrows(IllegalArgumentException.class, () -> two.compareLexicographically(one));
    }

    @Test
    void nobodyHasNoFront() {
        assertEquals(List.of(), ParetoFront.of(List.<Fitness>of(), Function.identity()));
        assertEquals(0, ParetoFront.ranks(List.of()).length);
    }

    @Test
    void fitnessRefusesWhatIsNoAccuracy() {
        assertThrows(IllegalArgumentException.class, () -> new Fitness(Double.NaN));
        assertThrows(IllegalArgumentException.class, () -> new Fitness(0.5, 1.01));
        assertThrows(IllegalArgumentException.class, () -> new Fitness(-0.1));
        assertThrows(IllegalArgumentException.class, () -> new Fitness(List.of()));
        assertThrows(IllegalArgumentException.class, () -> new Fitness(0.5).dominates(new Fitness(0.5, 0.5)));
    }

    /** Ranks by the definition: whoever nobody left dominates is of this rank and leaves. */
    private static int[] peeled(List<Fitness> members) {
        int[] ranks = new int[members.size()];
        Arrays.fill(ranks, -1);
        for (int rank = 0; Arrays.stream(ranks).anyMatch(r -> r < 0); rank++) {
            List<Integer> left = IntStream.range(0, ranks.length)
                    .filter(i -> ranks[i] < 0)
                    .boxed()
                    .toList();
            for (int i : left) {
                boolean dominated = false;
                for (int j : left) {
                    dominated |=
                            better(members.get(j).accuracies(), members.get(i).accuracies());
                }
                if (!dominated) {
                    ranks[i] = rank;
                }
            }
        }
        return ranks;
    }

    private static boolean better(List<Double> a, List<Double> b) {
        boolean nowhereWorse = IntStream.range(0, a.size()).allMatch(i -> a.get(i) >= b.get(i));
        return nowhereWorse && !a.equals(b);
    }
}
