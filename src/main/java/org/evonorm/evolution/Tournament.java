package org.evonorm.evolution;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * A tournament (paper): some members of the window, drawn at random without replacement, compete; the winner is a
 * random one of the best among them.
 *
 * @param share     part of the window that competes, above 0 and at most 1; rounded, and at least one member
 * @param selection who of the competitors is best
 */
public record Tournament(double share, Selection selection) implements Serializable {

    public Tournament {
        if (!(share > 0 && share <= 1)) {
            throw new IllegalArgumentException(
                    "a tournament's share of the window is above 0 and at most 1, not " + share);
        }
    }

    /** Number of members that compete in a window of this many. */
    public int size(int window) {
        return (int) Math.max(1, Math.round(share * window));
    }

    /** The winner among some of {@code window}, which has at least one member. */
    public Evaluated winner(List<Evaluated> window, RandomGenerator random) {
        List<Evaluated> best = selection.best(competitors(window, random));
        return best.get(random.nextInt(best.size()));
    }

    /** Floyd's choice of distinct members: every subset of the size is equally likely. */
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
