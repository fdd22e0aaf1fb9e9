package org.evonorm.search;

import java.io.Serializable;
import java.util.function.Supplier;
import org.evonorm.evolution.Candidate;
import org.evonorm.search.trial.CandidateEvaluator;
import org.evonorm.search.trial.PartitionedTrainings;
import org.evonorm.search.trial.Trial;
import org.evonorm.search.trial.TrialResult;
import org.evonorm.store.EvaluationRow;
import org.evonorm.store.HurdleStates;
import org.evonorm.training.PartitionTask;
import org.evonorm.training.TrainingResult;
import org.evonorm.training.TrainingStretch;

/**
 * The training of one candidate in one network.
 *
 * @param networkIndex position of the network in the settings, from 0
 * @param network      name of the network
 * @param seed         seed of the training
 */
record TrainingTask(Candidate candidate, int networkIndex, String network, long seed)
        implements PartitionedTrainings.Training {

    /**
     * A training that ended, with its result.
     *
     * @param stretch stretch of the training that the result is of
     */
    record Ended(TrainingTask task, TrainingStretch stretch, TrialResult<TrainingResult> result)
            implements Serializable {

        /** This stretch and another one of the same training, which meet at a hurdle, together. */
        Ended and(Ended other) {
            return stretch.from() < other.stretch.from() ? before(other) : other.before(this);
        }

        private Ended before(Ended next) {
            return new Ended(task, stretch.and(next.stretch), result.and(next.result, TrainingResult::then));
        }

        /** The same training, of a candidate that has reached a hurdle; a training that diverged comes as far as it. */
        Ended reaching(int hurdle) {
            return stretch.to() < hurdle
                    ? new Ended(task, new TrainingStretch(stretch.hurdles(), stretch.from(), hurdle), result)
                    : this;
        }

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
                    stretch.reached(),
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

    /** A stretch of the training as a trial; {@code filtered} if it is the quality filter. */
    Trial<TrainingResult> trial(TrainingStretch stretch, HurdleStates states, boolean filtered) {
        return Trial.ofStretch(candidate, network, seed, stretch, states, filtered);
    }

    /** The journal's key of a stretch of the training. */
    String key(TrainingStretch stretch) {
        return Trial.stretchKey(candidate, network, seed, stretch);
    }

    /** The task as a trial; used for trainings without partitions, and for the journal's key. */
    Trial<TrainingResult> trial() {
        return Trial.ofTraining(candidate, network, seed);
    }
}
