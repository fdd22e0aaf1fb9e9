package org.evonorm.search;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.evonorm.evolution.Candidate;
import org.evonorm.evolution.CandidateStatus;
import org.evonorm.search.trial.TrialResult;
import org.evonorm.search.trial.TrialRunner;
import org.evonorm.store.HurdleStates;
import org.evonorm.training.TrainingResult;
import org.evonorm.training.TrainingStretch;

/**
 * The way of a candidate to the first hurdle, run inside Spark tasks: its trainings begin in one network after the
 * other, from the cheapest on, and the first rejection or failure ends them (docs/design.md, "Hurdles").
 *
 * @param judged whether the quality filter judges; given layers go on whatever they reach
 */
record FirstHurdle(TrialRunner trials, HurdleStates states, TrainingStretch stretch, boolean judged)
        implements Serializable {

    /**
     * The candidate at the hurdle.
     *
     * @param status    passed, or rejected by the quality filter, or failed
     * @param trainings trainings that were begun, in order
     */
    record Arrival(CandidateStatus status, List<TrainingTask.Ended> trainings) implements Serializable {}

    /** Trains a candidate in its networks. */
    Arrival arrive(List<TrainingTask> tasks) {
        List<TrainingTask.Ended> trainings = new ArrayList<>();
        CandidateStatus status = new CandidateStatus.Passed();
        for (TrainingTask task : tasks) {
            TrialResult<TrainingResult> result = trials.run(task.trial(stretch, states, judged));
            trainings.add(new TrainingTask.Ended(task, stretch, result));
            status = status(task, result);
            if (!(status instanceof CandidateStatus.Passed)) {
                break;
            }
        }
        return new Arrival(status, trainings);
    }

    private CandidateStatus status(TrainingTask task, TrialResult<TrainingResult> result) {
        if (result instanceof TrialResult.Completed<TrainingResult> completed) {
            Candidate candidate = task.candidate();
            return judged
                    ? trials.evaluator().judgeAtFirstHurdle(candidate.layer(), task.network(), completed.value())
                    : new CandidateStatus.Passed();
        }
        return new CandidateStatus.Failed(
                task.network() + ": " + ((TrialResult.Failed<TrainingResult>) result).reason());
    }
}
