package org.evonorm.rerank;

import java.io.Serializable;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaSparkContext;
import org.evonorm.search.trial.PartitionedTrainings;
import org.evonorm.search.trial.TrialResult;
import org.evonorm.settings.GpuSettings;
import org.evonorm.store.RerankRow;
import org.evonorm.training.PartitionTask;
import org.evonorm.training.TrainingResult;

/** One training of a rerank. */
record RerankTask(RerankCandidate candidate, RerankRow.Training training, long seed)
        implements PartitionedTrainings.Training {

    /** What came of it. */
    record Ended(RerankTask task, TrialResult<TrainingResult> result) implements Serializable {

        boolean isDone() {
            return result instanceof TrialResult.Completed<TrainingResult>;
        }

        /** The table's row of a training that is completed. */
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

        /** Why a training that is not done is not. */
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

    /** Its part of a partition in a round, prepared inside a Spark task. */
    Supplier<PartitionTask.Result> prepared(RerankTrainer trainer, PartitionTask part) {
        RerankTrainer apart = trainer.detachedFor(part);
        return () -> apart.trainPart(candidate.layer(), training.network(), training.scoredOn(), seed, part);
    }

    /** Trains by dl4j-spark, on the driver. Layers may break; the end of a job for want of anything else is thrown. */
    Ended runAveraged(RerankTrainer trainer, JavaSparkContext spark, GpuSettings gpus) {
        long start = System.nanoTime();
        try {
            return new Ended(
                    this,
                    TrialResult.of(() -> trainer.trainAveraged(
                            spark, gpus, candidate.layer(), training.network(), training.scoredOn(), seed)));
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

    /** Trains, inside a Spark task. */
    Ended run(RerankTrainer trainer) {
        RerankTrainer apart = trainer.detached();
        return new Ended(
                this,
                TrialResult.of(() -> apart.train(candidate.layer(), training.network(), training.scoredOn(), seed)));
    }
}
