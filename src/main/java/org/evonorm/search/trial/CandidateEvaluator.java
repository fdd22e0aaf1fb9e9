package org.evonorm.search.trial;

import java.io.Serializable;
import java.util.Optional;
import org.evonorm.evolution.CandidateStatus;
import org.evonorm.graph.Layer;
import org.evonorm.rejection.SignalResult;
import org.evonorm.rejection.StabilityResult;
import org.evonorm.training.PartitionTask;
import org.evonorm.training.StretchResult;
import org.evonorm.training.TrainingResult;
import org.evonorm.training.TrainingStretch;

/**
 * The costly work on one candidate: filters and trainings, done inside Spark tasks on the executors. Tests put
 * evaluators here that train nothing.
 *
 * <p>The result of a method depends on its arguments alone. An exception makes the candidate {@code failed}; an {@link
 * org.evonorm.search.spark.UnfitMachineError} ends the search. Implementations must be thread-safe.
 */
public interface CandidateEvaluator extends Serializable {

    /** Name of the engine, for the tables. */
    String engine();

    /** The cost of a training step in this network, in any unit; long trainings start first. */
    long cost(String network);

    /** Runs the signal filter. */
    SignalResult checkSignal(Layer layer, long seed);

    /** Runs the stability filter, network by network, the cheapest first. */
    StabilityResult checkStability(Layer layer, long seed);

    /** Runs the quality filter, network by network, the cheapest first. */
    CandidateStatus checkQuality(Layer layer, long seed);

    /** Trains the layer in one network, with all steps of the settings. */
    TrainingResult train(Layer layer, String network, long seed);

    /**
     * Trains the layer in one network for a stretch of the training.
     *
     * @param state    state that the stretch before left; empty if there is none, or it was lost
     * @param filtered whether the stretch is the quality filter, so that its limit of the loss ends the training
     */
    StretchResult trainStretch(
            Layer layer, String network, long seed, TrainingStretch stretch, Optional<float[]> state, boolean filtered);

    /** Judges a training that stands at the first hurdle, which is the quality filter of a search with hurdles. */
    CandidateStatus judgeAtFirstHurdle(Layer layer, String network, TrainingResult result);

    /**
     * The same evaluator outside the thread or JVM of the Spark task: the copy contains the images, and the
     * GPU that the task was assigned.
     */
    default CandidateEvaluator detached() {
        return this;
    }

    /**
     * As {@link #detached}, for one part of a training on partitioned data: the copy contains this partition's images
     * alone.
     */
    default CandidateEvaluator detachedFor(PartitionTask part) {
        return detached();
    }

    /** Runs the part of one partition in one round of a training on partitioned data. */
    PartitionTask.Result trainPart(Layer layer, String network, long seed, PartitionTask part);
}
