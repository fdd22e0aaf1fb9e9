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
import org.evonorm.training.Robustness;
import org.evonorm.training.TrainingResult;

/**
 * The sum of the trainings of one candidate, which Spark reduces from single trainings.
 *
 * @param accuracies validation accuracies of the completed trainings (0 to 1), by index of the network
 * @param diverged   steps after which the loss was not finite, of the trainings that diverged, by index of the network
 * @param measured   what the completed trainings measured besides the accuracy, by index of the network
 * @param failures   reasons of the failed trainings, by index of the network
 * @param seconds    wall time of all trainings
 */
record TrainingTally(
        Map<Integer, Double> accuracies,
        Map<Integer, Integer> diverged,
        Map<Integer, Measured> measured,
        Map<Integer, String> failures,
        double seconds)
        implements Serializable {

    /**
     * What a training measures besides its accuracy, for objectives.
     *
     * @param imagesPerSecond training images per second, scoring excluded
     * @param robustness      accuracies under conditions of robustness, 0 to 1; none if the training diverged
     */
    record Measured(double imagesPerSecond, Map<Robustness, Double> robustness) implements Serializable {}

    /** The tally of no training. */
    static final TrainingTally NONE = new TrainingTally(Map.of(), Map.of(), Map.of(), Map.of(), 0);

    /** The tally of one training, or of a stretch of it. */
    static TrainingTally of(TrainingTask.Ended training) {
        int network = training.task().networkIndex();
        if (training.result() instanceof TrialResult.Completed<TrainingResult> completed) {
            TrainingResult result = completed.value();
            return new TrainingTally(
                    Map.of(network, result.accuracy()),
                    result.diverged() ? Map.of(network, result.steps()) : Map.of(),
                    Map.of(network, new Measured(result.imagesPerSecond(), result.robustness())),
                    Map.of(),
                    completed.seconds());
        }
        TrialResult.Failed<TrainingResult> failed = (TrialResult.Failed<TrainingResult>) training.result();
        String reason = training.task().network() + ": " + failed.reason();
        return new TrainingTally(Map.of(), Map.of(), Map.of(), Map.of(network, reason), failed.seconds());
    }

    /** The tally of both; the two have no network in common. */
    TrainingTally plus(TrainingTally other) {
        return new TrainingTally(
                union(accuracies, other.accuracies),
                union(diverged, other.diverged),
                union(measured, other.measured),
                union(failures, other.failures),
                seconds + other.seconds);
    }

    private static <T> Map<Integer, T> union(Map<Integer, T> left, Map<Integer, T> right) {
        Map<Integer, T> union = new TreeMap<>(left);
        union.putAll(right);
        return union;
    }

    /** {@code Trained}, or {@code Failed} with all reasons if a training failed. */
    CandidateStatus status() {
        return failures.isEmpty()
                ? new CandidateStatus.Trained()
                : new CandidateStatus.Failed(
                        new TreeMap<>(failures).values().stream().collect(Collectors.joining("; ")));
    }

    /** The accuracies in the order of the networks; all trainings must be completed. */
    Fitness fitness() {
        List<Double> ordered = new ArrayList<>(new TreeMap<>(accuracies).values());
        return new Fitness(ordered);
    }
}
