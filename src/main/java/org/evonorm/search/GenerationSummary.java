package org.evonorm.search;

import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.evonorm.evolution.Evaluated;
import org.evonorm.evolution.ParetoFront;
import org.evonorm.evolution.SlidingWindow;
import org.evonorm.rejection.Verdict;
import org.evonorm.store.Fate;

/**
 * What a generation came to.
 *
 * @param proposed   layers; yardsticks and seeds in generation 0
 * @param duplicates of candidates proposed before
 * @param rejected   by each filter; filters that rejected nobody are missing
 * @param failed     in a filter or a training that threw
 * @param trained    in every network
 * @param window     members of the window after it
 * @param front      of the window after it, the highest mean accuracy first
 * @param seconds    wall time
 * @param idle       share of the executors' time in which they had nothing to do, from 0 to 1; NaN without executors
 */
public record GenerationSummary(int generation, int proposed, int duplicates, Map<Verdict.Filter, Integer> rejected,
                                int failed, int trained, int window, List<Evaluated> front, double seconds,
                                double idle) {

    public GenerationSummary {
        rejected = Map.copyOf(rejected);
        front = List.copyOf(front);
    }

    /** Of candidates counted by status, and the window after them. */
    static GenerationSummary of(int generation, Map<String, Long> byStatus, SlidingWindow window, double seconds,
            double idle) {
        Map<Verdict.Filter, Integer> rejected = new EnumMap<>(Verdict.Filter.class);
        for (Verdict.Filter filter : Verdict.Filter.values()) {
            rejected.put(filter, count(byStatus, new Fate.Rejected(filter, "")));
        }
        List<Evaluated> front = ParetoFront.of(window.members(), Evaluated::fitness).stream()
                .sorted(Comparator.comparingDouble(member -> -member.fitness().mean())).toList();
        int proposed = (int) byStatus.values().stream().mapToLong(Long::longValue).sum();
        return new GenerationSummary(generation, proposed, count(byStatus, new Fate.Duplicate("")), rejected,
                count(byStatus, new Fate.Failed("")), count(byStatus, new Fate.Trained()), window.members().size(),
                front, seconds, idle);
    }

    private static int count(Map<String, Long> byStatus, Fate fate) {
        return byStatus.getOrDefault(fate.status(), 0L).intValue();
    }

    /** Candidates that fell at a filter. */
    public int rejectedBy(Verdict.Filter filter) {
        return rejected.getOrDefault(filter, 0);
    }

    /** The layer of the highest mean accuracy in the window, if it has any. */
    public Optional<Evaluated> best() {
        return front.stream().findFirst();
    }
}
