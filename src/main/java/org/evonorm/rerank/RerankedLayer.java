package org.evonorm.rerank;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The accuracies of a layer in a rerank.
 *
 * @param accuracies shares from 0 to 1 by network and then by seed, in the order of the settings; empty if a training
 *                   failed
 * @param failure    the first training that failed: its network and the reason
 */
public record RerankedLayer(RerankCandidate layer, List<List<Double>> accuracies, Optional<String> failure) {

    /** Whether all trainings ended without failure. */
    public boolean isCompleted() {
        return !accuracies.isEmpty();
    }

    /** Mean and deviation over the seeds in one network; all trainings must be completed. */
    public MeanAndDeviation in(int network) {
        return MeanAndDeviation.of(accuracies.get(network));
    }

    /** Mean and deviation over the seeds of the mean over the networks; all trainings must be completed. */
    public MeanAndDeviation overall() {
        List<Double> means = new ArrayList<>();
        for (int seed = 0; seed < accuracies.get(0).size(); seed++) {
            int number = seed;
            means.add(IntStream.range(0, accuracies.size())
                            .mapToDouble(i -> accuracies.get(i).get(number))
                            .sum()
                    / accuracies.size());
        }
        return MeanAndDeviation.of(means);
    }
}
