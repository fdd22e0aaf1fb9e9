package org.evonorm.search;

import java.io.Serializable;
import org.evonorm.evolution.CandidateStatus;
import org.evonorm.rejection.StabilityResult;
import org.evonorm.rejection.StabilityTest;
import org.evonorm.search.trial.TrialResult;
import org.evonorm.store.CandidateRow;
import org.evonorm.store.StageSeconds;

/**
 * The result of a candidate after the stages that it has gone through. The driver keeps one per candidate that passed
 * the static filter, and joins it with the proposals when it writes the table.
 *
 * @param stability        steps and gradient norm of the stability test
 * @param stabilitySeconds wall time of the stability filter in seconds; 0 where the stage was not reached
 * @param qualitySeconds   wall time of the quality filter in seconds; 0 likewise
 * @param trainingSeconds  wall time of the trainings in seconds, summed over the networks; 0 likewise
 */
record CandidateResult(
        CandidateStatus status,
        StabilityTest stability,
        double stabilitySeconds,
        double qualitySeconds,
        double trainingSeconds)
        implements Serializable {

    /** The result of a candidate before all costly stages. */
    static CandidateResult of(CandidateStatus status) {
        return new CandidateResult(status, new StabilityTest.NotTaken(), 0, 0, 0);
    }

    /** The result of a proposal that the static filter rejected or failed on. */
    static CandidateResult ofStaticFilter(Proposal proposal) {
        return of(status(proposal.status()));
    }

    /** The result of a candidate after the stability filter. */
    static CandidateResult ofStability(TrialResult<StabilityResult> trial) {
        StabilityTest test = trial instanceof TrialResult.Completed<StabilityResult> completed
                ? completed.value().test()
                : new StabilityTest.NotTaken();
        return new CandidateResult(status(trial.map(StabilityResult::status)), test, trial.seconds(), 0, 0);
    }

    /** The same candidate after the quality filter. */
    CandidateResult withQuality(TrialResult<CandidateStatus> trial) {
        return new CandidateResult(status(trial), stability, stabilitySeconds, trial.seconds(), 0);
    }

    /** The same candidate after its trainings. */
    CandidateResult withTraining(TrainingTally tally) {
        return new CandidateResult(tally.status(), stability, stabilitySeconds, qualitySeconds, tally.seconds());
    }

    /** Whether the candidate has passed all filters so far. */
    boolean hasPassed() {
        return status instanceof CandidateStatus.Passed;
    }

    /** The row of the table {@code candidates} for a proposal with this result. */
    CandidateRow row(Proposal proposal) {
        return new CandidateRow(
                proposal.candidate(),
                proposal.valueKey(),
                status,
                stability,
                new StageSeconds(proposal.status().seconds(), stabilitySeconds, qualitySeconds, trainingSeconds));
    }

    /** The status that a filter gave; {@code Failed} where the filter failed. */
    private static CandidateStatus status(TrialResult<CandidateStatus> trial) {
        return trial instanceof TrialResult.Failed<CandidateStatus> failed
                ? new CandidateStatus.Failed(failed.reason())
                : ((TrialResult.Completed<CandidateStatus>) trial).value();
    }
}
