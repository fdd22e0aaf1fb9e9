package org.evonorm.search;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.evonorm.evolution.Fitness;
import org.evonorm.store.Fate;
import org.evonorm.training.TrainingResult;

/**
 * What the trainings of one candidate add up to.
 *
 * @param accuracies by the network's index, of the trainings that are done
 * @param failures   by the network's index, of the others
 * @param seconds    spent on all
 */
record TrainingTally(Map<Integer, Double> accuracies, Map<Integer, String> failures, double seconds)
        implements Serializable {

    static TrainingTally of(TrainingTask.Ended training) {
        int network = training.task().networkIndex();
        if (training.attempt() instanceof Attempt.Done<TrainingResult> done) {
            return new TrainingTally(Map.of(network, done.value().accuracy()), Map.of(), done.seconds());
        }
        Attempt.Broken<TrainingResult> broken = (Attempt.Broken<TrainingResult>) training.attempt();
        String reason = training.task().network() + ": " + broken.reason();
        return new TrainingTally(Map.of(), Map.of(network, reason), broken.seconds());
    }

    TrainingTally plus(TrainingTally other) {
        return new TrainingTally(union(accuracies, other.accuracies), union(failures, other.failures),
                seconds + other.seconds);
    }

    private static <T> Map<Integer, T> union(Map<Integer, T> left, Map<Integer, T> right) {
        Map<Integer, T> union = new TreeMap<>(left);
        union.putAll(right);
        return union;
    }

    /** Trained, or failed where one network's training did. */
    Fate fate() {
        return failures.isEmpty() ? new Fate.Trained()
                : new Fate.Failed(new TreeMap<>(failures).values().stream().collect(Collectors.joining("; ")));
    }

    /** The accuracies in the networks' order, all of which must be done. */
    Fitness fitness() {
        List<Double> ordered = new ArrayList<>(new TreeMap<>(accuracies).values());
        return new Fitness(ordered);
    }
}
