package org.evonorm.evolution;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.evonorm.graph.Family;
import org.evonorm.graph.Layer;
import org.evonorm.graph.RandomGraphs;

/** Evaluated layers for tests. */
final class Population {

    private Population() {}

    /** The {@code index}-th member, with id {@code c<index>} and a random graph of ten nodes of family B. */
    static Evaluated member(int index, Fitness fitness) {
        Layer layer = Layer.evolved(new RandomGraphs(Family.B, 10).next(new SplittableRandom(index)));
        return new Evaluated(new Candidate("c" + index, new Origin.Random(), 1, index, layer), fitness);
    }

    /** Members in which a later one is better in every network. */
    static List<Evaluated> ascending(int size) {
        List<Evaluated> members = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            double accuracy = (i + 1.0) / size;
            members.add(member(i, new Fitness(accuracy, accuracy)));
        }
        return members;
    }

    /** Random fitnesses on a coarse grid, so that equal accuracies and equal vectors are common. */
    static List<Fitness> randomFitnesses(int size, int networks, int grid, SplittableRandom random) {
        List<Fitness> fitnesses = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            List<Double> accuracies = new ArrayList<>();
            for (int network = 0; network < networks; network++) {
                accuracies.add(random.nextInt(grid + 1) / (double) grid);
            }
            fitnesses.add(new Fitness(accuracies));
        }
        return fitnesses;
    }
}
