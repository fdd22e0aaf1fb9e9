package org.evonorm.rerank;

import java.io.Serializable;
import java.util.function.IntConsumer;
import org.apache.spark.api.java.JavaSparkContext;
import org.evonorm.graph.Layer;
import org.evonorm.settings.GpuSettings;
import org.evonorm.store.ScoredOn;
import org.evonorm.training.PartitionTask;
import org.evonorm.training.TrainingResult;

/**
 * The trainer of a rerank, used inside Spark tasks on the executors. Tests put trainers here that train nothing. A
 * result depends on the arguments alone. Implementations must be thread-safe.
 */
interface RerankTrainer extends Serializable {

    /** Name of the engine, for the table. */
    String engine();

    /** The cost of a training step in this network, in any unit; long trainings start first. */
    long cost(String network);

    /** Trains the layer in one network and scores it on held-out or on test images. */
    TrainingResult train(Layer layer, String network, ScoredOn scoredOn, long seed);

    /**
     * The same trainer outside the thread of the Spark task; the copy contains the GPU assigned to the task.
     */
    default RerankTrainer detached() {
        return this;
    }

    /**
     * As {@link #detached}, for one part of a training on partitioned data: the copy contains this partition's images
     * alone.
     */
    default RerankTrainer detachedFor(PartitionTask part) {
        return detached();
    }

    /**
     * Trains as {@link #train} does, by dl4j-spark with workers in Spark tasks, led from the driver.
     *
     * @param taken receives the number of steps taken, now and then
     */
    TrainingResult trainAveraged(
            JavaSparkContext spark,
            GpuSettings gpus,
            Layer layer,
            String network,
            ScoredOn scoredOn,
            long seed,
            IntConsumer taken);

    /** Runs the part of one partition in one round of a training on partitioned data. */
    PartitionTask.Result trainPart(Layer layer, String network, ScoredOn scoredOn, long seed, PartitionTask part);
}
