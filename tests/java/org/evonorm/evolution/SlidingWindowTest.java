package org.evonorm.evolution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SlidingWindowTest {

    private static final Fitness ANY = new Fitness(0.5);

    private static Evaluated at(int generation, int index) {
        Candidate candidate = Population.member(0, ANY).candidate();
        return new Evaluated(
                new Candidate(generation + "-" + index, candidate.origin(), generation, index, candidate.layer()), ANY);
    }

    private static List<String> ids(SlidingWindow window) {
        return window.members().stream().map(member -> member.candidate().id()).toList();
    }

    @Test
    void keepsTheMostRecentInEvaluationOrder() {
        SlidingWindow window = SlidingWindow.empty(4)
                .with(List.of(at(1, 5), at(1, 0), at(1, 10)))
                .with(List.of(at(2, 3), at(2, 1)));
        assertEquals(List.of("1-5", "1-10", "2-1", "2-3"), ids(window));
    }

    @Test
    void doesNotDependOnTheOrderInWhichTrainingsEnded() {
        List<Evaluated> evaluated = new ArrayList<>(
                IntStream.range(0, 50).mapToObj(i -> at(1 + i / 20, i)).toList());
        SlidingWindow expected = new SlidingWindow(30, evaluated);
        for (int seed = 0; seed < 5; seed++) {
            Collections.shuffle(evaluated, new Random(seed));
            assertEquals(expected, SlidingWindow.empty(30).with(evaluated));
        }
    }

    @Test
    void addingInPiecesIsAddingAtOnce() {
        List<Evaluated> evaluated =
                IntStream.range(0, 40).mapToObj(i -> at(1 + i / 10, i)).toList();
        SlidingWindow window = SlidingWindow.empty(15);
        for (int from = 0; from < 40; from += 10) {
            window = window.with(evaluated.subList(from, from + 10));
        }
        assertEquals(new SlidingWindow(15, evaluated), window);
    }

    @Test
    void refusesAWindowForNobody() {
        assertThrows(IllegalArgumentException.class, () -> SlidingWindow.empty(0));
    }
}
