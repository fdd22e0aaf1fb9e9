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

/**
 * The training of one candidate in one network.
 *
 * @param networkIndex position of the network in the settings, from 0
 * @param network      name of the network
 * @param seed         seed of the training
 */
record TrainingTask(Candidate candidate, int networkIndex, String network, long seed)
        implements PartitionedTrainings.Training {

    /** A training that ended, with its result. */
    record Ended(TrainingTask task, TrialResult<TrainingResult> result) implements Serializable {

        /** Whether the training ended without failure. */
        boolean isCompleted() {
            return result instanceof TrialResult.Completed<TrainingResult>;
        }

        /** The row of the table {@code evaluations}; the training must be completed. */
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

    /** Prepares the part of one partition in one round, inside a Spark task, for another thread. */
    Supplier<PartitionTask.Result> prepared(CandidateEvaluator evaluator, PartitionTask part) {
        CandidateEvaluator detached = evaluator.detachedFor(part);
        return () -> detached.trainPart(candidate.layer(), network, seed, part);
    }

    /** The task as a trial; used for trainings without partitions, and for the journal's key. */
    Trial<TrainingResult> trial() {
        return Trial.ofTraining(candidate, network, seed);
    }
}
