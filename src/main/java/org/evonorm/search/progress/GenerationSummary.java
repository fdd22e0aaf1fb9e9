package org.evonorm.search.progress;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.evonorm.evolution.CandidateStatus;
import org.evonorm.evolution.Evaluated;
import org.evonorm.evolution.SlidingWindow;

/**
 * The summary of a generation, for observers.
 *
 * @param generation number of the generation, from 0
 * @param proposed   number of proposed layers; in generation 0, of baselines and seed layers
 * @param duplicates number of duplicates of earlier candidates
 * @param rejected   number of rejected candidates by filter
 * @param failed     number of candidates that failed in a filter or a training
 * @param stopped    number of candidates whose training was stopped at a hurdle
 * @param trained    number of candidates trained in every network
 * @param window     number of members of the window after the generation
 * @param front      Pareto front of this window, the highest mean accuracy first
 * @param seconds    wall time of the generation
 * @param idle       share of the executors' time without a task, from 0 to 1; NaN without executors
 */
public record GenerationSummary(
        int generation,
        int proposed,
        int duplicates,
        Map<CandidateStatus.Filter, Integer> rejected,
        int failed,
        int stopped,
        int trained,
        int window,
        List<Evaluated> front,
        double seconds,
        double idle) {

    public GenerationSummary {
        rejected = Map.copyOf(rejected);
        front = List.copyOf(front);
    }

    /** The summary of candidates counted by the text of their status, and of the window after them. */
    public static GenerationSummary of(
            int generation, Map<String, Long> byStatus, SlidingWindow window, double seconds, double idle) {
        Map<CandidateStatus.Filter, Integer> rejected = new EnumMap<>(CandidateStatus.Filter.class);
        for (CandidateStatus.Filter filter : CandidateStatus.Filter.values()) {
            rejected.put(filter, count(byStatus, new CandidateStatus.Rejected(filter, "")));
        }
        int proposed =
                (int) byStatus.values().stream().mapToLong(Long::longValue).sum();
        return new GenerationSummary(
                generation,
                proposed,
                count(byStatus, new CandidateStatus.Duplicate("")),
                rejected,
                count(byStatus, new CandidateStatus.Failed("")),
                count(byStatus, new CandidateStatus.Stopped(0, "")),
                count(byStatus, new CandidateStatus.Trained()),
                window.members().size(),
                window.front(),
                seconds,
                idle);
    }

    private static int count(Map<String, Long> byStatus, CandidateStatus status) {
        return byStatus.getOrDefault(status.text(), 0L).intValue();
    }

    /** Number of candidates that a filter rejected. */
    public int rejectedBy(CandidateStatus.Filter filter) {
        return rejected.getOrDefault(filter, 0);
    }

    /** The layer with the highest mean accuracy in the window; empty for an empty window. */
    public Optional<Evaluated> best() {
        return front.stream().findFirst();
    }
}
