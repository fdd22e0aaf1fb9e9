package org.evonorm.search.trial;

import java.io.Serializable;
import org.evonorm.evolution.CandidateStatus;
import org.evonorm.graph.Layer;
import org.evonorm.rejection.StabilityResult;
import org.evonorm.training.PartitionTask;
import org.evonorm.training.TrainingResult;

/**
 * The costly work on one candidate, done inside Spark tasks on the executors. What a method returns depends on its
 * arguments alone. An exception makes the candidate a failed one, an error of the machine ends the search. Must be
 * safe for use by several threads at once.
 */
public interface CandidateEvaluator extends Serializable {

    /** Name of the engine, for the tables. */
    String engine();

    /** How much a training step in this network costs, in any unit: long trainings start first. */
    long cost(String network);

    /** The stability filter's judgement, which tries the networks from the cheapest on. */
    StabilityResult checkStability(Layer layer, long seed);

    /** The quality filter's judgement, which tries the networks from the cheapest on. */
    CandidateStatus checkQuality(Layer layer, long seed);

    /** Trains the layer in one network, in full. */
    TrainingResult train(Layer layer, String network, long seed);

    /**
     * The same evaluator for a thread or JVM apart from the Spark task of this thread: it carries the images that it needs
     * and the GPU that the task was given.
     */
    default CandidateEvaluator detached() {
        return this;
    }

    /** As {@link #detached}, to do a part of a training on partitioned data alone: it carries that partition's images. */
    default CandidateEvaluator detachedFor(PartitionTask part) {
        return detached();
    }

    /** Does the part of one partition in one round of a training on partitioned data. */
    PartitionTask.Result trainPart(Layer layer, String network, long seed, PartitionTask part);
}
