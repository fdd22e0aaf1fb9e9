package org.evonorm.search;

import java.io.Serializable;
import org.evonorm.evolution.CandidateStatus;
import org.evonorm.rejection.StabilityResult;
import org.evonorm.rejection.StabilityTest;
import org.evonorm.search.trial.TrialResult;
import org.evonorm.store.CandidateRow;
import org.evonorm.store.StageSeconds;

/**
 * The status of a proposal after the stages that it has gone through, with the wall time of each in seconds.
 *
 * @param stability how far the stability test went
 */
record CandidateResult(
        CandidateStatus status,
        StabilityTest stability,
        double stabilitySeconds,
        double qualitySeconds,
        double trainingSeconds)
        implements Serializable {

    /** The result of a candidate that no costly stage has tried. */
    static CandidateResult of(CandidateStatus status) {
        return new CandidateResult(status, new StabilityTest.NotTaken(), 0, 0, 0);
    }

    /** The result of a proposal that the static filter ended. */
    static CandidateResult ofStaticFilter(Proposal proposal) {
        return of(status(proposal.status()));
    }

    /** The result of a candidate that went as far as the stability filter. */
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

    /** Whether no filter so far has thrown the candidate out. */
    boolean hasPassed() {
        return status instanceof CandidateStatus.Passed;
    }

    /** The table's row of a proposal that has this result. */
    CandidateRow row(Proposal proposal) {
        return new CandidateRow(
                proposal.candidate(),
                proposal.valueKey(),
                status,
                stability,
                new StageSeconds(proposal.status().seconds(), stabilitySeconds, qualitySeconds, trainingSeconds));
    }

    /** The status that a filter gave, or that its failure means. */
    private static CandidateStatus status(TrialResult<CandidateStatus> trial) {
        return trial instanceof TrialResult.Failed<CandidateStatus> failed
                ? new CandidateStatus.Failed(failed.reason())
                : ((TrialResult.Completed<CandidateStatus>) trial).value();
    }
}
