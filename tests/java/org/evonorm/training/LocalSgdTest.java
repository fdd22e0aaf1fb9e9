package org.evonorm.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.SplittableRandom;
import org.evonorm.training.LocalSgd.Round;
import org.junit.jupiter.api.Test;

class LocalSgdTest {

    private static TrainingSettings settings(int steps, int scoreEvery, int partitions, int localSteps) {
        return new TrainingSettings(
                steps, 8, 16, 0.1, RateDecay.CONSTANT, 0, 0.9, 0, scoreEvery, new LocalSgd(partitions, localSteps));
    }

    @Test
    void partitionsShareTheSteps() {
        assertEquals(
                List.of(
                        new Round(0, 0, 10, false),
                        new Round(1, 10, 20, false),
                        new Round(2, 20, 25, false),
                        new Round(3, 25, 25, true)),
                LocalSgd.rounds(settings(100, 0, 4, 10)));
    }

    @Test
    void roundsCoverAtLeastTheStepsWhateverTheNumbers() {
        SplittableRandom random = new SplittableRandom(1);
        for (int trial = 0; trial < 500; trial++) {
            int partitions = random.nextInt(1, 9);
            TrainingSettings settings = settings(
                    random.nextInt(1, 200),
                    random.nextInt(0, 60),
                    partitions,
                    random.nextInt(10) == 0 ? Integer.MAX_VALUE : random.nextInt(1, 40));
            List<Round> rounds = LocalSgd.rounds(settings);
            int done = 0;
            for (Round round : rounds.subList(0, rounds.size() - 1)) {
                assertEquals(done, round.from());
                assertTrue(round.to() > round.from()
                        && round.to() - done <= settings.localSgd().localSteps());
                done = round.to();
            }
            assertTrue(done * partitions >= settings.steps() && (done - 1) * partitions < settings.steps());
            assertEquals(new Round(rounds.size() - 1, done, done, true), rounds.get(rounds.size() - 1));
        }
    }

    @Test
    void statesAreScoredAtTheAverageAfterEachPointOfTheCurve() {
        List<Integer> scored = LocalSgd.rounds(settings(200, 50, 4, 10)).stream()
                .filter(Round::scored)
                .map(round -> 4 * round.from())
                .toList();
        assertEquals(List.of(80, 120, 160, 200), scored);
    }

    @Test
    void theAverageOfOneIsItselfAndThatOfMoreTheirMean() {
        float[] state = {1e-30f, -3, 0.1f, Float.MAX_VALUE};
        assertArrayEquals(state, StateAverage.of(List.of(state)));
        assertArrayEquals(
                new float[] {2, -1, Float.MAX_VALUE},
                StateAverage.of(List.of(new float[] {1, -2, Float.MAX_VALUE}, new float[] {3, 0, Float.MAX_VALUE})));
    }
}
