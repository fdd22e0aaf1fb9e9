package org.evonorm.training;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * Local SGD, the training on partitioned data (Stich, "Local SGD Converges Fast and Communicates Little", ICLR 2019;
 * docs/design.md, "Partitioned data"). In every round each partition takes steps on its own images, from a state that
 * all partitions share; then parameters, momentum and running statistics are averaged. The steps of the settings are
 * shared among the partitions, so that a training sees as many examples as without partitions, rounded up to whole
 * steps. One step of every partition moves the learning-rate schedule on by as many steps as there are partitions.
 *
 * @param partitions partitions of the images, trained at once; 1 for plain training
 * @param localSteps steps of each partition between two averages
 */
public record LocalSgd(int partitions, int localSteps) implements Serializable {

    /** Plain training: one partition. */
    public static final LocalSgd NONE = new LocalSgd(1, 1);

    public LocalSgd {
        if (partitions < 1 || localSteps < 1) {
            throw new IllegalArgumentException("training on partitioned data needs at least 1 partition and 1 local"
                    + " step, not " + partitions + " and " + localSteps);
        }
    }

    /**
     * One round of local SGD, from one average to the next: the shared state is scored if the round says so, and each
     * partition takes steps from it.
     *
     * @param number   number of the round, from 0
     * @param from     steps of each partition before the round
     * @param to       steps of each partition after the round; {@code from} in the last round, which only scores
     * @param scored   whether the state that the round starts from is a point of the learning curve
     */
    public record Round(int number, int from, int to, boolean scored) implements Serializable {

        /** Whether this is the last round, which takes no steps. */
        public boolean isLast() {
            return to == from;
        }
    }

    /** The rounds of a training with these settings, in order; the last one only scores. */
    public static List<Round> rounds(TrainingSettings settings) {
        LocalSgd sgd = settings.localSgd();
        int steps = stepsPerPartition(settings);
        List<Round> rounds = new ArrayList<>();
        boolean scored = false;
        for (int from = 0; from < steps; from += Math.min(sgd.localSteps, steps - from)) {
            int to = from + Math.min(sgd.localSteps, steps - from);
            rounds.add(new Round(rounds.size(), from, to, scored));
            scored = to == steps || isScored(settings, sgd.steps(from), sgd.steps(to));
        }
        rounds.add(new Round(rounds.size(), steps, steps, scored));
        return List.copyOf(rounds);
    }

    /** Steps of each partition in a training with these settings, rounded up. */
    public static int stepsPerPartition(TrainingSettings settings) {
        return (settings.steps() - 1) / settings.localSgd().partitions + 1;
    }

    /** Scores are taken at the first average at or after each multiple of {@code scoreEvery}. */
    private static boolean isScored(TrainingSettings settings, long before, long after) {
        return settings.scoreEvery() > 0 && before / settings.scoreEvery() < after / settings.scoreEvery();
    }

    /** Steps of all partitions together after {@code perPartition} steps of each. */
    public int steps(int perPartition) {
        return Math.multiplyExact(perPartition, partitions);
    }
}
