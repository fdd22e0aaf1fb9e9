package org.evonorm.rerank;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CancellationException;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import java.util.zip.CRC32C;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaSparkContext;
import org.evonorm.search.trial.JournalledTrainings;
import org.evonorm.search.trial.PartitionedTrainings;
import org.evonorm.search.trial.TrialResult;
import org.evonorm.settings.GpuSettings;
import org.evonorm.store.RerankFailure;
import org.evonorm.store.RerankRow;
import org.evonorm.training.PartitionTask;
import org.evonorm.training.TrainingResult;

/**
 * One training of a rerank.
 *
 * @param training key of the training in the table
 * @param seed     seed of the training, the same for all layers
 */
record RerankTask(RerankCandidate candidate, RerankRow.Training training, long seed)
        implements PartitionedTrainings.Training, JournalledTrainings.Training {

    /** A training that ended, with its result. */
    record Ended(RerankTask task, TrialResult<TrainingResult> result) implements Serializable {

        /** Whether the training ended without failure. */
        boolean isCompleted() {
            return result instanceof TrialResult.Completed<TrainingResult>;
        }

        /** The row of the table {@code rerank}; the training must be completed. */
        RerankRow row(String engine) {
            TrialResult.Completed<TrainingResult> completed = (TrialResult.Completed<TrainingResult>) result;
            return new RerankRow(
                    new RerankRow.Score(task.training, completed.value().accuracy()),
                    task.candidate.name(),
                    task.candidate.layer(),
                    completed.value(),
                    task.seed,
                    engine,
                    completed.host());
        }

        /** The row of the table {@code rerank-failures}; the training must have failed. */
        RerankFailure failure(String engine) {
            return new RerankFailure(
                    task.training, task.candidate.name(), task.candidate.layer(), reason(), task.seed, engine);
        }

        /** The reason of the failure; the training must have failed. */
        String reason() {
            return ((TrialResult.Failed<TrainingResult>) result).reason();
        }
    }

    @Override
    public String key() {
        return String.join(
                "-",
                candidate.id(),
                training.network(),
                training.scoredOn().name(),
                Integer.toString(training.number()));
    }

    /** Prepares the part of one partition in one round, inside a Spark task, for another thread. */
    Supplier<PartitionTask.Result> prepared(RerankTrainer trainer, PartitionTask part) {
        RerankTrainer detached = trainer.detachedFor(part);
        return () -> detached.trainPart(candidate.layer(), training.network(), training.scoredOn(), seed, part);
    }

    /**
     * Trains by dl4j-spark, led from the driver. Failures of the layer become a result; failures of Spark are thrown.
     *
     * @param taken receives the number of steps taken, now and then
     */
    Ended runAveraged(RerankTrainer trainer, JavaSparkContext spark, GpuSettings gpus, IntConsumer taken) {
        long start = System.nanoTime();
        try {
            return new Ended(
                    this,
                    TrialResult.of(() -> trainer.trainAveraged(
                            spark, gpus, candidate.layer(), training.network(), training.scoredOn(), seed, taken)));
        } catch (Exception e) {
            // Spark's exceptions are checked, which Scala does not declare.
            if (e instanceof SparkException
                    && e.getCause() instanceof RuntimeException cause
                    && !(cause instanceof CancellationException)) {
                return new Ended(this, TrialResult.failed(cause, start));
            }
            throw e;
        }
    }

    /** Prepares the training on all images, inside a Spark task. */
    Supplier<TrainingResult> prepared(RerankTrainer trainer) {
        RerankTrainer detached = trainer.detached();
        return () -> detached.train(candidate.layer(), training.network(), training.scoredOn(), seed);
    }

    /** The key in the journal, which the settings decide too. */
    @Override
    public String journalKey() {
        CRC32C settings = new CRC32C();
        settings.update(training.settings().getBytes(StandardCharsets.UTF_8));
        return String.join("-", "rerank", key(), Long.toHexString(seed), Long.toHexString(settings.getValue()));
    }
}
