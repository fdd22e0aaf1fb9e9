package org.evonorm.evolution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.inference.ChiSquareTest;
import org.apache.commons.math3.util.CombinatoricsUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TournamentTest {

    private static final int DRAWS = 20_000;

    @ParameterizedTest
    @ValueSource(doubles = {0.05, 0.25, 0.5})
    void theChanceToWinIsThatOfBeingTheBestOfARandomSubset(double share) {
        List<Evaluated> window = Population.ascending(20);
        Tournament tournament = new Tournament(share, new Selection.Pareto());
        int size = tournament.size(20);
        double[] chances = IntStream.range(0, 20)
                .mapToDouble(better -> better < size - 1
                        ? 0
                        : CombinatoricsUtils.binomialCoefficientDouble(better, size - 1)
                                / CombinatoricsUtils.binomialCoefficientDouble(20, size))
                .toArray();
        assertFollows(chances, winners(tournament, window));
    }

    @Test
    void equalMembersWinEquallyOften() {
        List<Evaluated> window = IntStream.range(0, 15)
                .mapToObj(i -> Population.member(i, new Fitness(0.5, 0.5)))
                .toList();
        double[] chances = new double[15];
        Arrays.fill(chances, 1 / 15.0);
        assertFollows(chances, winners(new Tournament(0.2, new Selection.Pareto()), window));
    }

    @Test
    void aTournamentOfAllIsWonByEveryMemberOfTheFrontEquallyOften() {
        List<Evaluated> window = List.of(
                Population.member(0, new Fitness(0.9, 0.1)),
                Population.member(1, new Fitness(0.5, 0.5)),
                Population.member(2, new Fitness(0.4, 0.5)),
                Population.member(3, new Fitness(0.1, 0.9)),
                Population.member(4, new Fitness(0.1, 0.1)));
        assertFollows(
                new double[] {1 / 3.0, 1 / 3.0, 0, 1 / 3.0, 0},
                winners(new Tournament(1, new Selection.Pareto()), window));
    }

    @Test
    void averageAndOneNetworkPickTheirOwnBest() {
        Evaluated generalist = Population.member(0, new Fitness(0.6, 0.6));
        Evaluated first = Population.member(1, new Fitness(0.9, 0.1));
        Evaluated second = Population.member(2, new Fitness(0.2, 0.7));
        List<Evaluated> all = List.of(generalist, first, second);
        assertEquals(List.of(generalist), new Selection.Average().best(all));
        assertEquals(List.of(first), new Selection.OneNetwork(0).best(all));
        assertEquals(List.of(second), new Selection.OneNetwork(1).best(all));
        assertEquals(all, new Selection.Pareto().best(all));
    }

    @Test
    void tiesInAverageAndOneNetworkAllMayWin() {
        Evaluated one = Population.member(0, new Fitness(0.25, 0.75));
        Evaluated other = Population.member(1, new Fitness(0.75, 0.25));
        Evaluated worse = Population.member(2, new Fitness(0.25, 0.25));
        assertEquals(List.of(one, other), new Selection.Average().best(List.of(one, worse, other)));
        assertEquals(List.of(one, worse), new Selection.OneNetwork(0).best(List.of(one, worse)));
    }

    @Test
    void atLeastOneMemberCompetes() {
        Tournament tournament = new Tournament(0.05, new Selection.Pareto());
        assertEquals(1, tournament.size(1));
        assertEquals(1, tournament.size(9));
        assertEquals(125, tournament.size(2500));
        Evaluated only = Population.member(0, new Fitness(0.0, 0.0));
        assertSame(only, tournament.winner(List.of(only), new SplittableRandom(1)));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -0.1, 1.1, Double.NaN})
    void refusesSharesThatAreNone(double share) {
        assertThrows(IllegalArgumentException.class, () -> new Tournament(share, new Selection.Pareto()));
    }

    private static long[] winners(Tournament tournament, List<Evaluated> window) {
        SplittableRandom random = new SplittableRandom(42);
        long[] wins = new long[window.size()];
        for (int i = 0; i < DRAWS; i++) {
            wins[tournament.winner(window, random).candidate().index()]++;
        }
        return wins;
    }

    /** Impossible winners never won, and the others' counts pass a chi-square test at one in a thousand. */
    private static void assertFollows(double[] chances, long[] wins) {
        int[] possible =
                IntStream.range(0, chances.length).filter(i -> chances[i] > 0).toArray();
        assertEquals(DRAWS, Arrays.stream(possible).mapToLong(i -> wins[i]).sum(), "an impossible member won");
        double[] expected =
                Arrays.stream(possible).mapToDouble(i -> chances[i] * DRAWS).toArray();
        long[] observed = Arrays.stream(possible).mapToLong(i -> wins[i]).toArray();
        double p = new ChiSquareTest().chiSquareTest(expected, observed);
        assertTrue(p > 0.001, "wins " + Arrays.toString(observed) + " for " + Arrays.toString(expected) + ", p = " + p);
    }
}
