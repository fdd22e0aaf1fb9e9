package org.evonorm.rerank;

import java.io.Serializable;
import org.apache.spark.api.java.JavaSparkContext;
import org.evonorm.graph.Layer;
import org.evonorm.settings.GpuSettings;
import org.evonorm.store.ScoredOn;
import org.evonorm.training.PartitionTask;
import org.evonorm.training.TrainingResult;

/**
 * The trainings of a rerank, done inside Spark tasks on the executors. A result depends on the arguments alone. Must be
 * safe for use by several threads at once.
 */
interface RerankTrainer extends Serializable {

    /** Name of the engine, for the table. */
    String engine();

    /** How much a training step in this network costs, in any unit: long trainings start first. */
    long cost(String network);

    /** Trains the layer in one network and scores it on held-out or on test images. */
    TrainingResult train(Layer layer, String network, ScoredOn scoredOn, long seed);

    /** The same trainer for a thread apart from the Spark task of this one: it carries the GPU that the task was given. */
    default RerankTrainer detached() {
        return this;
    }

    /** As {@link #detached}, to do a part of a training on partitioned data alone: it carries that partition's images. */
    default RerankTrainer detachedFor(PartitionTask part) {
        return detached();
    }

    /** As {@link #train}, by dl4j-spark with workers in Spark tasks, led from the driver. */
    TrainingResult trainAveraged(
            JavaSparkContext spark, GpuSettings gpus, Layer layer, String network, ScoredOn scoredOn, long seed);

    /** Does the part of one partition in one round of such a training on partitioned data. */
    PartitionTask.Result trainPart(Layer layer, String network, ScoredOn scoredOn, long seed, PartitionTask part);
}
