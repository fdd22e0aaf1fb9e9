package org.evonorm.search;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.evonorm.evolution.CandidateStatus;
import org.evonorm.evolution.Fitness;
import org.evonorm.evolution.HurdleBar;
import org.evonorm.evolution.ObjectiveValue;
import org.evonorm.graph.Layer;
import org.evonorm.training.TrainingStretch;

/**
 * A candidate on its way over the hurdles, as the driver sees it.
 *
 * @param status     passed while it runs; else rejected, failed or stopped
 * @param accuracies accuracies by network, from 0 to 1, by the hurdle's steps; 0 from the hurdle on where a network
 *                   diverged
 * @param diverged   steps after which the loss was not finite, by network
 * @param measured   what the trainings measured besides accuracies, by network, in its last stretch
 * @param seconds    wall time of all trainings
 */
record HurdleRunner(
        CandidateStatus status,
        SortedMap<Integer, List<Double>> accuracies,
        Map<Integer, Integer> diverged,
        Map<Integer, TrainingTally.Measured> measured,
        double seconds)
        implements Serializable {

    /** A candidate at the first hurdle. */
    static HurdleRunner at(FirstHurdle.Arrival arrival, TrainingStretch stretch) {
        TrainingTally tally = arrival.trainings().stream()
                .map(TrainingTally::of)
                .reduce(TrainingTally::plus)
                .orElseThrow();
        HurdleRunner runner = new HurdleRunner(arrival.status(), new TreeMap<>(), Map.of(), Map.of(), 0);
        return runner.isRunning()
                ? runner.with(tally, tally.accuracies().size(), stretch)
                : new HurdleRunner(
                        arrival.status(), new TreeMap<>(), tally.diverged(), tally.measured(), tally.seconds());
    }

    /**
     * The candidate after a stretch of its trainings.
     *
     * @param tally    trainings of the networks that had not diverged before
     * @param networks number of all networks
     */
    HurdleRunner with(TrainingTally tally, int networks, TrainingStretch stretch) {
        Map<Integer, Integer> allDiverged = new TreeMap<>(diverged);
        allDiverged.putAll(tally.diverged());
        Map<Integer, TrainingTally.Measured> allMeasured = new TreeMap<>(measured);
        allMeasured.putAll(tally.measured());
        double allSeconds = seconds + tally.seconds();
        if (!tally.failures().isEmpty()) {
            return new HurdleRunner(tally.status(), accuracies, allDiverged, allMeasured, allSeconds);
        }
        List<Double> reached = new ArrayList<>();
        for (int network = 0; network < networks; network++) {
            reached.add(tally.accuracies().getOrDefault(network, 0.0));
        }
        SortedMap<Integer, List<Double>> all = new TreeMap<>(accuracies);
        all.put(stretch.to(), List.copyOf(reached));
        return new HurdleRunner(status, all, allDiverged, allMeasured, allSeconds);
    }

    /** The candidate after the decision at a hurdle, where it stands if it runs. */
    HurdleRunner judged(HurdleBar bar, List<String> networks) {
        Optional<String> reason = diverged.entrySet().stream()
                .findFirst()
                .map(entry -> "the loss in " + networks.get(entry.getKey()) + " was not finite after "
                        + entry.getValue() + " steps")
                .or(() -> bar.stops(accuracies.get(bar.steps()), networks));
        return !isRunning() || reason.isEmpty()
                ? this
                : new HurdleRunner(
                        new CandidateStatus.Stopped(bar.steps(), reason.get()),
                        accuracies,
                        diverged,
                        measured,
                        seconds);
    }

    /** Whether the candidate goes on. */
    boolean isRunning() {
        return status instanceof CandidateStatus.Passed;
    }

    /** Whether the training in a network has diverged. */
    boolean hasDivergedIn(int network) {
        return diverged.containsKey(network);
    }

    /** The values of the candidate, whose layer this is, in the objectives besides accuracy. */
    List<ObjectiveValue> further(Layer layer, LayerObjectives objectives) {
        return objectives.of(layer, List.copyOf(measured.values()));
    }

    /** The result of the candidate, whose layer this is, after all hurdles. */
    GenerationTrainings.Trained result(Layer layer, LayerObjectives objectives) {
        return new GenerationTrainings.Trained(
                isRunning() ? new CandidateStatus.Trained() : status,
                fitness().map(fitness -> fitness.with(further(layer, objectives))),
                seconds);
    }

    /** The fitness of a candidate that was stopped or goes on; empty if it was rejected or failed. */
    private Optional<Fitness> fitness() {
        boolean stopped = status instanceof CandidateStatus.Stopped;
        if (!stopped && !isRunning()) {
            return Optional.empty();
        }
        int last = accuracies.lastKey();
        List<Fitness.AtHurdle> earlier = new ArrayList<>();
        accuracies.headMap(last).forEach((steps, reached) -> earlier.add(new Fitness.AtHurdle(steps, reached)));
        return Optional.of(new Fitness(accuracies.get(last), stopped ? last : Fitness.WHOLE, earlier));
    }
}
