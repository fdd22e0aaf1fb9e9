package org.evonorm.search;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.evonorm.evolution.Evaluated;
import org.evonorm.rejection.Verdict;

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
 */
public record GenerationSummary(int generation, int proposed, int duplicates, Map<Verdict.Filter, Integer> rejected,
                                int failed, int trained, int window, List<Evaluated> front, double seconds) {

    public GenerationSummary {
        rejected = Map.copyOf(rejected);
        front = List.copyOf(front);
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
