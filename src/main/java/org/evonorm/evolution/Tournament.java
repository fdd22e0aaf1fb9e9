package org.evonorm.evolution;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Tournament selection, which chooses parents (paper, section 4): a random share of the window competes, drawn without
 * replacement, and the winner is a random one of the best competitors. The constructor throws IllegalArgumentException
 * for a share out of range.
 *
 * @param share     share of the window that competes, above 0 and at most 1; the number of members is rounded and at
 *                  least 1
 * @param selection the rule by which competitors are best
 */
public record Tournament(double share, Selection selection) implements Serializable {

    public Tournament {
        if (!(share > 0 && share <= 1)) {
            throw new IllegalArgumentException(
                    "a tournament's share of the window is above 0 and at most 1, not " + share);
        }
    }

    /** Number of competitors in a window of {@code window} members. */
    public int size(int window) {
        return (int) Math.max(1, Math.round(share * window));
    }

    /** The winner of a tournament in {@code window}, which has at least one member. */
    public Evaluated winner(List<Evaluated> window, RandomGenerator random) {
        List<Evaluated> best = selection.best(competitors(window, random));
        return best.get(random.nextInt(best.size()));
    }

    /** Floyd's algorithm for random samples: every subset of the size is equally likely. */
    private List<Evaluated> competitors(List<Evaluated> window, RandomGenerator random) {
        int size = size(window.size());
        boolean[] chosen = new boolean[window.size()];
        List<Evaluated> competitors = new ArrayList<>(size);
        for (int last = window.size() - size; last < window.size(); last++) {
            int drawn = random.nextInt(last + 1);
            int member = chosen[drawn] ? last : drawn;
            chosen[member] = true;
            competitors.add(window.get(member));
        }
        return competitors;
    }
}
