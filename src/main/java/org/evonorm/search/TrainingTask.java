package org.evonorm.search;

import java.io.Serializable;
import java.util.function.Supplier;
import org.evonorm.evolution.Candidate;
import org.evonorm.search.trial.CandidateEvaluator;
import org.evonorm.search.trial.PartitionedTrainings;
import org.evonorm.search.trial.Trial;
import org.evonorm.search.trial.TrialResult;
import org.evonorm.store.EvaluationRow;
import org.evonorm.training.PartitionTask;
import org.evonorm.training.TrainingResult;

/** One candidate to train in one network. */
record TrainingTask(Candidate candidate, int networkIndex, String network, long seed)
        implements PartitionedTrainings.Training {

    /** What came of it. */
    record Ended(TrainingTask task, TrialResult<TrainingResult> result) implements Serializable {

        boolean isDone() {
            return result instanceof TrialResult.Completed<TrainingResult>;
        }

        /** The table's row of a training that is completed. */
        EvaluationRow row(String engine) {
            TrialResult.Completed<TrainingResult> completed = (TrialResult.Completed<TrainingResult>) result;
            return new EvaluationRow(
                    task.candidate.index(),
                    task.candidate.id(),
                    task.networkIndex,
                    task.network,
                    completed.value(),
                    task.seed,
                    engine,
                    completed.host());
        }
    }

    @Override
    public String key() {
        return trial().key();
    }

    /** Its part of a partition in a round, prepared inside a Spark task. */
    Supplier<PartitionTask.Result> prepared(CandidateEvaluator evaluator, PartitionTask part) {
        CandidateEvaluator apart = evaluator.detachedFor(part);
        return () -> apart.trainPart(candidate.layer(), network, seed, part);
    }

    /** The trial that the task is. */
    Trial<TrainingResult> trial() {
        return Trial.ofTraining(candidate, network, seed);
    }
}
