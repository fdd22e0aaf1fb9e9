package org.evonorm.search;

import java.io.Serializable;
import java.util.function.Supplier;
import org.evonorm.store.RerankRow;
import org.evonorm.training.PartitionTask;
import org.evonorm.training.TrainingResult;

/** One training of a rerank. */
record RerankTask(RerankCandidate candidate, RerankRow.Training training, long seed)
        implements PartitionedTrainings.Training {

    /** What came of it. */
    record Ended(RerankTask task, Attempt<TrainingResult> attempt) implements Serializable {

        boolean isDone() {
            return attempt instanceof Attempt.Done<TrainingResult>;
        }

        /** The table's row of a training that is done. */
        RerankRow row(String engine) {
            Attempt.Done<TrainingResult> done = (Attempt.Done<TrainingResult>) attempt;
            return new RerankRow(new RerankRow.Score(task.training, done.value().accuracy()), task.candidate.name(),
                    task.candidate.layer(), done.value(), task.seed, engine, done.host());
        }

        /** Why a training that is not done is not. */
        String reason() {
            return ((Attempt.Broken<TrainingResult>) attempt).reason();
        }
    }

    @Override
    public String key() {
        return String.join("-", candidate.id(), training.network(), training.scoredOn().name(),
                Integer.toString(training.number()));
    }

    /** Its part of a partition in a round, prepared inside a Spark task. */
    Supplier<PartitionTask.Taken> prepared(RerankTrainer trainer, PartitionTask part) {
        RerankTrainer apart = trainer.detached();
        return () -> apart.trainPart(candidate.layer(), training.network(), training.scoredOn(), seed, part);
    }

    /** Trains, inside a Spark task. */
    Ended run(RerankTrainer trainer) {
        RerankTrainer apart = trainer.detached();
        return new Ended(this, Attempt.at(() -> apart.train(candidate.layer(), training.network(),
                training.scoredOn(), seed)));
    }
}
