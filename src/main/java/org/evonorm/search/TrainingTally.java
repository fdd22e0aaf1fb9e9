package org.evonorm.search;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.evonorm.evolution.CandidateStatus;
import org.evonorm.evolution.Fitness;
import org.evonorm.search.trial.TrialResult;
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
        if (training.result() instanceof TrialResult.Completed<TrainingResult> completed) {
            return new TrainingTally(Map.of(network, completed.value().accuracy()), Map.of(), completed.seconds());
        }
        TrialResult.Failed<TrainingResult> failed = (TrialResult.Failed<TrainingResult>) training.result();
        String reason = training.task().network() + ": " + failed.reason();
        return new TrainingTally(Map.of(), Map.of(network, reason), failed.seconds());
    }

    TrainingTally plus(TrainingTally other) {
        return new TrainingTally(
                union(accuracies, other.accuracies), union(failures, other.failures), seconds + other.seconds);
    }

    private static <T> Map<Integer, T> union(Map<Integer, T> left, Map<Integer, T> right) {
        Map<Integer, T> union = new TreeMap<>(left);
        union.putAll(right);
        return union;
    }

    /** Trained, or failed where one network's training did. */
    CandidateStatus status() {
        return failures.isEmpty()
                ? new CandidateStatus.Trained()
                : new CandidateStatus.Failed(
                        new TreeMap<>(failures).values().stream().collect(Collectors.joining("; ")));
    }

    /** The accuracies in the networks' order, all of which must be completed. */
    Fitness fitness() {
        List<Double> ordered = new ArrayList<>(new TreeMap<>(accuracies).values());
        return new Fitness(ordered);
    }
}
