package org.evonorm.evolution;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Non-dominated sorting, every accuracy maximized. Members are taken in falling lexicographic order, in which nobody is
 * dominated by a later one, so each is compared only with those already placed (efficient non-dominated sort with
 * sequential search; Zhang et al., 2015).
 */
public final class ParetoFront {

    private ParetoFront() {}

    /**
     * The Pareto rank of each member: 0 for those that nobody dominates, 1 for those that only members of rank 0
     * dominate, and so on.
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

    /** The members that nobody dominates, in the order given. */
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
