package org.evonorm.search.progress;

import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.evonorm.evolution.CandidateStatus;
import org.evonorm.evolution.Evaluated;
import org.evonorm.evolution.ParetoFront;
import org.evonorm.evolution.SlidingWindow;

/**
 * What a generation came to.
 *
 * @param proposed   layers; baselines and seeds in generation 0
 * @param duplicates of candidates proposed before
 * @param rejected   by each filter; filters that rejected nobody are missing
 * @param failed     in a filter or a training that threw
 * @param trained    in every network
 * @param window     members of the window after it
 * @param front      of the window after it, the highest mean accuracy first
 * @param seconds    wall time
 * @param idle       share of the executors' time in which they had nothing to do, from 0 to 1; NaN without executors
 */
public record GenerationSummary(
        int generation,
        int proposed,
        int duplicates,
        Map<CandidateStatus.Filter, Integer> rejected,
        int failed,
        int trained,
        int window,
        List<Evaluated> front,
        double seconds,
        double idle) {

    public GenerationSummary {
        rejected = Map.copyOf(rejected);
        front = List.copyOf(front);
    }

    /** Of candidates counted by status, and the window after them. */
    public static GenerationSummary of(
            int generation, Map<String, Long> byStatus, SlidingWindow window, double seconds, double idle) {
        Map<CandidateStatus.Filter, Integer> rejected = new EnumMap<>(CandidateStatus.Filter.class);
        for (CandidateStatus.Filter filter : CandidateStatus.Filter.values()) {
            rejected.put(filter, count(byStatus, new CandidateStatus.Rejected(filter, "")));
        }
        List<Evaluated> front = ParetoFront.of(window.members(), Evaluated::fitness).stream()
                .sorted(Comparator.comparingDouble(member -> -member.fitness().mean()))
                .toList();
        int proposed =
                (int) byStatus.values().stream().mapToLong(Long::longValue).sum();
        return new GenerationSummary(
                generation,
                proposed,
                count(byStatus, new CandidateStatus.Duplicate("")),
                rejected,
                count(byStatus, new CandidateStatus.Failed("")),
                count(byStatus, new CandidateStatus.Trained()),
                window.members().size(),
                front,
                seconds,
                idle);
    }

    private static int count(Map<String, Long> byStatus, CandidateStatus status) {
        return byStatus.getOrDefault(status.text(), 0L).intValue();
    }

    /** Candidates that fell at a filter. */
    public int rejectedBy(CandidateStatus.Filter filter) {
        return rejected.getOrDefault(filter, 0);
    }

    /** The layer of the highest mean accuracy in the window, if it has any. */
    public Optional<Evaluated> best() {
        return front.stream().findFirst();
    }
}
