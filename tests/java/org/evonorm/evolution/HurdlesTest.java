package org.evonorm.evolution;

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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class HurdlesTest {

    private static final List<String> NAMES = List.of("a", "b", "c");

    private static List<List<Double>> field(SplittableRandom random) {
        List<List<Double>> field = new ArrayList<>();
        int size = random.nextInt(1, 30);
        for (int i = 0; i < size; i++) {
            field.add(List.of(accuracy(random), accuracy(random), accuracy(random)));
        }
        return field;
    }

    private static double accuracy(SplittableRandom random) {
        return random.nextInt(41) / 40.0;
    }

    private static HurdleBar bar(List<List<Double>> field, double margin, double networkMargin) {
        return new Hurdles(List.of(5, 9), margin, networkMargin).bar(0, field);
    }

    private static boolean passes(HurdleBar bar, List<Double> accuracies) {
        return bar.stops(accuracies, NAMES).isEmpty();
    }

    @Test
    void theOrderOfTheFieldChangesNothing() {
        SplittableRandom random = new SplittableRandom(1);
        for (int trial = 0; trial < 100; trial++) {
            List<List<Double>> field = field(random);
            HurdleBar before = bar(field, 0.01, 0.05);
            Collections.shuffle(field, new Random(trial));
            assertEquals(before, bar(field, 0.01, 0.05));
        }
    }

    @Test
    void atLeastHalfPassByTheMeanAndAWiderMarginStopsNobodyMore() {
        SplittableRandom random = new SplittableRandom(2);
        for (int trial = 0; trial < 100; trial++) {
            List<List<Double>> field = field(random);
            long byMean = field.stream()
                    .filter(accuracies -> passes(bar(field, 0, 1), accuracies))
                    .count();
            assertTrue(2 * byMean >= field.size(), byMean + " of " + field.size());
            double margin = random.nextDouble(0.2);
            double networkMargin = random.nextDouble(0.2);
            for (List<Double> accuracies : field) {
                if (passes(bar(field, margin, networkMargin), accuracies)) {
                    assertTrue(passes(bar(field, margin + 0.1, networkMargin), accuracies));
                    assertTrue(passes(bar(field, margin, networkMargin + 0.1), accuracies));
                }
            }
        }
    }

    @Test
    void whoIsAsGoodInEveryNetworkPassesToo() {
        SplittableRandom random = new SplittableRandom(3);
        for (int trial = 0; trial < 100; trial++) {
            List<List<Double>> field = field(random);
            HurdleBar bar = bar(field, 0, 0.05);
            for (List<Double> one : field) {
                for (List<Double> other : field) {
                    boolean worse = new Fitness(one).dominates(new Fitness(other));
                    assertFalse(worse && passes(bar, other) && !passes(bar, one), one + " and " + other);
                }
            }
        }
    }

    @Test
    void theReasonNamesTheFigure() {
        List<List<Double>> field = List.of(List.of(0.5, 0.25), List.of(0.25, 0.5), List.of(0.75, 0.0));
        HurdleBar bar = bar(field, 0, 0.05);
        List<String> names = List.of("a", "b");
        assertEquals(
                "the mean accuracy was 30.0% after 5 steps, under the median of 3 candidates, 37.5%",
                bar.stops(List.of(0.3, 0.3), names).orElseThrow());
        assertEquals(
                "b reached 0.0% after 5 steps, far under the median of 3 candidates, 25.0%",
                bar.stops(List.of(0.75, 0.0), names).orElseThrow());
        assertTrue(bar.stops(List.of(0.5, 0.25), names).isEmpty());
        assertTrue(bar(field, 0.08, 0.25).stops(List.of(0.3, 0.3), names).isEmpty());
    }

    @Test
    void furtherTrainingDominatesAndRanksFirst() {
        Fitness whole = new Fitness(0.1, 0.1);
        Fitness late = new Fitness(List.of(0.9, 0.2), 9, List.of(new Fitness.AtHurdle(5, List.of(0.5, 0.5))));
        Fitness early = new Fitness(List.of(0.9, 0.9), 5, List.of());
        Fitness earlyToo = new Fitness(List.of(0.9, 0.8), 5, List.of());
        assertEquals(
                List.of(2, 0, 1, 3),
                Arrays.stream(ParetoFront.ranks(List.of(early, whole, late, earlyToo)))
                        .boxed()
                        .toList());
        assertTrue(whole.compareByMean(late) > 0 && late.compareByMean(early) > 0);
        assertEquals(List.of(0.5, 0.5), late.at(5).orElseThrow());
        assertEquals(List.of(0.9, 0.2), late.at(9).orElseThrow());
        assertTrue(early.at(9).isEmpty() && whole.at(5).isEmpty());
    }

    @Test
    void hurdlesRiseAndMarginsAreAccuracies() {
        for (Executable wrong : List.<Executable>of(
                () -> new Hurdles(List.of(0, 3), 0, 0),
                () -> new Hurdles(List.of(3, 3), 0, 0),
                () -> new Hurdles(List.of(3), -0.1, 0),
                () -> new Hurdles(List.of(3), 0, Double.NaN))) {
            assertThrows(IllegalArgumentException.class, wrong);
        }
    }
}
