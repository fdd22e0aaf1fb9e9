package org.evonorm.search;

import java.util.Optional;
import org.evonorm.evolution.CandidateStatus;
import org.evonorm.graph.Layer;
import org.evonorm.rejection.SignalResult;
import org.evonorm.rejection.StabilityResult;
import org.evonorm.search.trial.CandidateEvaluator;
import org.evonorm.training.PartitionTask;
import org.evonorm.training.StretchResult;
import org.evonorm.training.TrainingResult;
import org.evonorm.training.TrainingStretch;

/**
 * An evaluator on known accuracies with side effects; methods that it does not override are those of {@link #known}.
 */
public interface OnKnownAccuracies extends CandidateEvaluator {

    KnownAccuracies known();

    @Override
    default String engine() {
        return known().engine();
    }

    @Override
    default long cost(String network) {
        return known().cost(network);
    }

    @Override
    default SignalResult checkSignal(Layer layer, long seed) {
        return known().checkSignal(layer, seed);
    }

    @Override
    default StabilityResult checkStability(Layer layer, long seed) {
        return known().checkStability(layer, seed);
    }

    @Override
    default CandidateStatus checkQuality(Layer layer, long seed) {
        return known().checkQuality(layer, seed);
    }

    @Override
    default TrainingResult train(Layer layer, String network, long seed) {
        return known().train(layer, network, seed);
    }

    @Override
    default StretchResult trainStretch(
            Layer layer,
            String network,
            long seed,
            TrainingStretch stretch,
            Optional<float[]> state,
            boolean filtered) {
        return known().trainStretch(layer, network, seed, stretch, state, filtered);
    }

    @Override
    default CandidateStatus judgeAtFirstHurdle(Layer layer, String network, TrainingResult result) {
        return known().judgeAtFirstHurdle(layer, network, result);
    }

    @Override
    default PartitionTask.Result trainPart(Layer layer, String network, long seed, PartitionTask part) {
        return known().trainPart(layer, network, seed, part);
    }
}
