package org.evonorm.evolution;

import java.io.Serializable;
import java.util.List;
import java.util.stream.Stream;

/**
 * The most recently evaluated layers, which parents are drawn from (paper).
 *
 * @param capacity most members it holds
 * @param members  oldest first, in the order of (generation, index)
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

    /** A window without members. */
    public static SlidingWindow empty(int capacity) {
        return new SlidingWindow(capacity, List.of());
    }

    /** The window after these layers were evaluated. */
    public SlidingWindow with(List<Evaluated> evaluated) {
        return new SlidingWindow(
                capacity, Stream.concat(members.stream(), evaluated.stream()).toList());
    }
}
