package org.evonorm.evolution;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Non-dominated sorting of fitness, each axis in its direction; tournaments take winners from the first front. The
 * algorithm is the efficient non-dominated sort with sequential search (Zhang et al., 2015): in falling lexicographic
 * order no member is dominated by a later member, so each is compared only with earlier members.
 */
public final class ParetoFront {

    private ParetoFront() {}

    /**
     * The Pareto rank of each member: 0 if no member dominates it, 1 if only members of rank 0 dominate it, and so on.
     */
    public static int[] ranks(List<Fitness> members) {
        int[] ranks = new int[members.size()];
        List<List<Fitness>> fronts = new ArrayList<>();
        for (int member : bestFirst(members)) {
            Fitness fitness = members.get(member);
            int rank = 0;
            while (rank < fronts.size() && dominated(fitness, fronts.get(rank))) {
                rank++;
            }
            if (rank == fronts.size()) {
                fronts.add(new ArrayList<>());
            }
            fronts.get(rank).add(fitness);
            ranks[member] = rank;
        }
        return ranks;
    }

    /** The Pareto front: the members that no member dominates, in the given order. */
    public static <T> List<T> of(List<T> members, Function<? super T, Fitness> fitness) {
        List<Fitness> fitnesses = members.stream().<Fitness>map(fitness).toList();
        boolean[] onFront = new boolean[members.size()];
        List<Fitness> front = new ArrayList<>();
        for (int member : bestFirst(fitnesses)) {
            if (!dominated(fitnesses.get(member), front)) {
                front.add(fitnesses.get(member));
                onFront[member] = true;
            }
        }
        return IntStream.range(0, members.size())
                .filter(i -> onFront[i])
                .<T>mapToObj(members::get)
                .toList();
    }

    private static int[] bestFirst(List<Fitness> members) {
        Comparator<Integer> order = (a, b) -> members.get(b).compareLexicographically(members.get(a));
        return IntStream.range(0, members.size())
                .boxed()
                .sorted(order)
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private static boolean dominated(Fitness fitness, List<Fitness> by) {
        for (Fitness other : by) {
            if (other.dominates(fitness)) {
                return true;
            }
        }
        return false;
    }
}
