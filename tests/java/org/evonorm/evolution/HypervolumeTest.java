package org.evonorm.evolution;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.evonorm.graph.Baselines;
import org.junit.jupiter.api.Test;

class HypervolumeTest {

    private static List<Evaluated> members(Fitness... fitnesses) {
        Candidate candidate = new Candidate("0", new Origin.Random(), 1, 0, Baselines.get("BN-ReLU"));
        return Stream.of(fitnesses)
                .map(fitness -> new Evaluated(candidate, fitness))
                .toList();
    }

    @Test
    void oneMemberIsABoxAndNoneIsNothing() {
        assertEquals(0, Hypervolume.of(List.of()));
        assertEquals(0.5, Hypervolume.of(members(new Fitness(0.5))));
        assertEquals(0.5 * 0.4 * 0.2, Hypervolume.of(members(new Fitness(0.5, 0.4, 0.2))), 1e-15);
    }

    @Test
    void partsThatTwoMembersShareCountOnce() {
        assertEquals(
                0.5 * 0.2 + 0.2 * 0.5 - 0.2 * 0.2,
                Hypervolume.of(members(new Fitness(0.5, 0.2), new Fitness(0.2, 0.5))),
                1e-15);
        assertEquals(
                0.25,
                Hypervolume.of(members(new Fitness(0.5, 0.5), new Fitness(0.5, 0.1), new Fitness(0.2, 0.2))),
                1e-15);
    }

    @Test
    void agreesWithCountingRandomPoints() {
        SplittableRandom random = new SplittableRandom(4);
        List<Fitness> fitnesses = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            fitnesses.add(new Fitness(random.nextDouble(), random.nextDouble(), random.nextDouble()));
        }
        int points = 200_000;
        int reached = 0;
        for (int i = 0; i < points; i++) {
            double[] point = {random.nextDouble(), random.nextDouble(), random.nextDouble()};
            boolean any = fitnesses.stream()
                    .anyMatch(fitness -> fitness.accuracies().get(0) >= point[0]
                            && fitness.accuracies().get(1) >= point[1]
                            && fitness.accuracies().get(2) >= point[2]);
            reached += any ? 1 : 0;
        }
        assertEquals((double) reached / points, Hypervolume.of(members(fitnesses.toArray(Fitness[]::new))), 0.005);
    }
}
