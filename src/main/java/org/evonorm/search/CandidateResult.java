package org.evonorm.search;

import java.io.Serializable;
import java.util.List;
import org.evonorm.evolution.CandidateStatus;
import org.evonorm.evolution.ObjectiveValue;
import org.evonorm.rejection.SignalResult;
import org.evonorm.rejection.SignalTest;
import org.evonorm.rejection.StabilityResult;
import org.evonorm.rejection.StabilityTest;
import org.evonorm.search.trial.TrialResult;
import org.evonorm.store.CandidateRow;
import org.evonorm.store.StageSeconds;

/**
 * The result of a candidate after the stages that it has gone through. The driver keeps one per candidate that passed
 * the static filter, and joins it with the proposals when it writes the table.
 *
 * @param signal    quantities of the signal test
 * @param stability steps and gradient norm of the stability test
 * @param further   values in the objectives besides accuracy; empty before the trainings
 * @param seconds   wall time per costly stage; the time of the static filter is the proposal's
 */
record CandidateResult(
        CandidateStatus status,
        SignalTest signal,
        StabilityTest stability,
        List<ObjectiveValue> further,
        StageSeconds seconds)
        implements Serializable {

    /** The result of a candidate before all costly stages. */
    static CandidateResult of(CandidateStatus status) {
        return new CandidateResult(
                status, new SignalTest.NotTaken(), new StabilityTest.NotTaken(), List.of(), StageSeconds.none());
    }

    /** The result of a proposal that the static filter rejected or failed on. */
    static CandidateResult ofStaticFilter(Proposal proposal) {
        return of(status(proposal.status()));
    }

    /** The same candidate after the signal filter. */
    CandidateResult withSignal(TrialResult<SignalResult> trial) {
        SignalTest test = trial instanceof TrialResult.Completed<SignalResult> completed
                ? completed.value().test()
                : new SignalTest.NotTaken();
        return new CandidateResult(
                status(trial.map(SignalResult::status)),
                test,
                stability,
                further,
                seconds.withSignalFilter(trial.seconds()));
    }

    /** The same candidate after the stability filter. */
    CandidateResult withStability(TrialResult<StabilityResult> trial) {
        StabilityTest test = trial instanceof TrialResult.Completed<StabilityResult> completed
                ? completed.value().test()
                : new StabilityTest.NotTaken();
        return new CandidateResult(
                status(trial.map(StabilityResult::status)),
                signal,
                test,
                further,
                seconds.withStabilityFilter(trial.seconds()));
    }

    /** The same candidate after the quality filter. */
    CandidateResult withQuality(TrialResult<CandidateStatus> trial) {
        return new CandidateResult(
                status(trial), signal, stability, further, seconds.withQualityFilter(trial.seconds()));
    }

    /** The same candidate after its trainings. */
    CandidateResult withTraining(GenerationTrainings.Trained trained) {
        return new CandidateResult(
                trained.status(), signal, stability, trained.further(), seconds.withTraining(trained.seconds()));
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
                signal,
                stability,
                further,
                seconds.withStaticFilter(proposal.status().seconds()));
    }

    /** The status that a filter gave; {@code Failed} where the filter failed. */
    private static CandidateStatus status(TrialResult<CandidateStatus> trial) {
        return trial instanceof TrialResult.Failed<CandidateStatus> failed
                ? new CandidateStatus.Failed(failed.reason())
                : ((TrialResult.Completed<CandidateStatus>) trial).value();
    }
}
