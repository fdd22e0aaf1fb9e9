package org.evonorm.rerank;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A layer's accuracies in a rerank.
 *
 * @param layer      which one
 * @param accuracies by network and then by seed, in the order of the settings; empty where a training failed
 */
public record RerankedLayer(RerankCandidate layer, List<List<Double>> accuracies) {

    /** Whether every training ended with a score. */
    public boolean isDone() {
        return !accuracies.isEmpty();
    }

    /** Over the seeds, in one network of a layer that is done. */
    public MeanAndDeviation in(int network) {
        return MeanAndDeviation.of(accuracies.get(network));
    }

    /** Over the seeds, of the mean accuracy over the networks, of a layer that is done. */
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
