package org.evonorm.evolution;

import java.io.Serializable;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The sliding window: the most recently evaluated layers, from which parents are drawn (paper, section 4). The
 * constructor sorts the members and drops the oldest above the capacity.
 *
 * @param capacity largest number of members, at least 1
 * @param members  oldest first, in the order of generation and index
 */
public record SlidingWindow(int capacity, List<Evaluated> members) implements Serializable {

    public SlidingWindow {
        if (capacity < 1) {
            throw new IllegalArgumentException("a window holds at least 1 layer, not " + capacity);
        }
        members = members.stream()
                .sorted((a, b) -> Candidate.EVALUATION_ORDER.compare(a.candidate(), b.candidate()))
                .skip(Math.max(0, members.size() - capacity))
                .toList();
    }

    /** The window without members. */
    public static SlidingWindow empty(int capacity) {
        return new SlidingWindow(capacity, List.of());
    }

    /** The window after the evaluation of more layers. */
    public SlidingWindow with(List<Evaluated> evaluated) {
        return new SlidingWindow(
                capacity, Stream.concat(members.stream(), evaluated.stream()).toList());
    }

    /** The Pareto front of the members, the highest mean accuracy first. */
    public List<Evaluated> front() {
        return ParetoFront.of(members, Evaluated::fitness).stream()
                .sorted(Comparator.comparingDouble(member -> -member.fitness().mean()))
                .toList();
    }
}
