package org.evonorm.search;

import java.io.Serializable;
import org.evonorm.evolution.Candidate;
import org.evonorm.evolution.CandidateStatus;
import org.evonorm.evolution.RandomSource;
import org.evonorm.rejection.SignalResult;
import org.evonorm.rejection.StabilityResult;
import org.evonorm.search.trial.Trial;
import org.evonorm.search.trial.TrialRunner;

/**
 * The costly filters, run inside Spark tasks: signal, then stability, then quality for candidates that pass. One task
 * runs all, so that no candidate waits between them and Spark's driver has half as many tasks to hand out
 * (docs/design.md, "Filters").
 *
 * @param signal    whether the signal filter is on
 * @param stability whether the stability filter is on
 * @param quality   whether the quality filter is on
 */
record CostlyFilters(TrialRunner trials, RandomSource randomness, boolean signal, boolean stability, boolean quality)
        implements Serializable {

    /** Whether at least one of the filters is on. */
    boolean isAnyOn() {
        return signal || stability || quality;
    }

    /** Runs the filters that are on; the first rejection or failure ends the work on the candidate. */
    CandidateResult judge(Candidate candidate) {
        CandidateResult result = CandidateResult.of(new CandidateStatus.Passed());
        if (signal) {
            result = result.withSignal(trials.run(signalTrial(candidate)));
        }
        if (stability && result.hasPassed()) {
            result = result.withStability(trials.run(stabilityTrial(candidate)));
        }
        return quality && result.hasPassed() ? result.withQuality(trials.run(qualityTrial(candidate))) : result;
    }

    /** Key of the last trial of a candidate that passes: with this one in the journal, all its trials are. */
    String lastKey(Candidate candidate) {
        return (quality ? qualityTrial(candidate) : stability ? stabilityTrial(candidate) : signalTrial(candidate))
                .key();
    }

    private Trial<SignalResult> signalTrial(Candidate candidate) {
        return Trial.ofSignal(candidate, randomness.signalFilter(candidate.id()));
    }

    private Trial<StabilityResult> stabilityTrial(Candidate candidate) {
        return Trial.ofStability(candidate, randomness.stabilityFilter(candidate.id()));
    }

    private Trial<CandidateStatus> qualityTrial(Candidate candidate) {
        return Trial.ofQuality(candidate, randomness.qualityFilter(candidate.id()));
    }
}
