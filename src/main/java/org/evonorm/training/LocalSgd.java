package org.evonorm.training;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * Training on partitioned data (local SGD; Stich, "Local SGD Converges Fast and Communicates Little", ICLR 2019): in
 * every round each partition takes steps of its own, on its own images, from a state that all share; then parameters,
 * momentum and running statistics are averaged. The steps of the settings are shared among the partitions, so that as
 * many examples are seen as without partitions (rounded up to whole steps), and a partition's step takes the place of
 * as many steps of the schedule of rates as there are partitions.
 *
 * @param partitions of the images, trained on at once; 1 for plain training
 * @param localSteps that a partition takes between two averages
 */
public record LocalSgd(int partitions, int localSteps) implements Serializable {

    /** Plain training. */
    public static final LocalSgd NONE = new LocalSgd(1, 1);

    public LocalSgd {
        if (partitions < 1 || localSteps < 1) {
            throw new IllegalArgumentException("training on partitioned data needs at least 1 partition and 1 local"
                    + " step, not " + partitions + " and " + localSteps);
        }
    }

    /**
     * What happens between two averages: the shared state is scored, if it is time, and each partition takes steps.
     *
     * @param number   from 0
     * @param from     steps that each partition has taken before
     * @param to       steps that each partition has taken after; {@code from} in the last round, which only scores
     * @param scored   whether the state that the round starts from is a point of the learning curve
     */
    public record Round(int number, int from, int to, boolean scored) implements Serializable {

        /** Whether nothing follows. */
        public boolean isLast() {
            return to == from;
        }
    }

    /** The rounds of a training with these settings. */
    public static List<Round> rounds(TrainingSettings settings) {
        LocalSgd sgd = settings.localSgd();
        int each = each(settings);
        List<Round> rounds = new ArrayList<>();
        boolean scored = false;
        for (int from = 0; from < each; from += Math.min(sgd.localSteps, each - from)) {
            int to = from + Math.min(sgd.localSteps, each - from);
            rounds.add(new Round(rounds.size(), from, to, scored));
            scored = to == each || isScored(settings, sgd.steps(from), sgd.steps(to));
        }
        rounds.add(new Round(rounds.size(), each, each, scored));
        return List.copyOf(rounds);
    }

    /** Steps of each partition in a training with these settings. */
    public static int each(TrainingSettings settings) {
        return (settings.steps() - 1) / settings.localSgd().partitions + 1;
    }

    /** At the first average at or after each point that the settings ask for. */
    private static boolean isScored(TrainingSettings settings, long before, long after) {
        return settings.scoreEvery() > 0 && before / settings.scoreEvery() < after / settings.scoreEvery();
    }

    /** Steps of all partitions together, where each has taken {@code each}. */
    public int steps(int each) {
        return Math.multiplyExact(each, partitions);
    }
}
