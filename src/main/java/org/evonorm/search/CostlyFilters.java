package org.evonorm.search;

import java.io.Serializable;
import org.evonorm.evolution.Candidate;
import org.evonorm.evolution.CandidateStatus;
import org.evonorm.evolution.RandomSource;
import org.evonorm.rejection.StabilityResult;
import org.evonorm.search.trial.Trial;
import org.evonorm.search.trial.TrialRunner;

/**
 * The filters that take long, inside Spark tasks: stability, then quality for those that pass. One task does both, so
 * that nobody waits between them and Spark's driver has half as many tasks to hand out.
 *
 * @param stability whether the stability filter is on
 * @param quality   whether the quality filter is on
 */
record CostlyFilters(TrialRunner trials, RandomSource seeds, boolean stability, boolean quality)
        implements Serializable {

    boolean isAnyOn() {
        return stability || quality;
    }

    /** What becomes of a candidate in them; trained, as far as they are concerned, where it passes. */
    CandidateResult judge(Candidate candidate) {
        CandidateResult result = stability
                ? CandidateResult.ofStability(trials.run(stabilityTrial(candidate)))
                : CandidateResult.of(new CandidateStatus.Passed());
        return quality && result.hasPassed() ? result.withQuality(trials.run(qualityTrial(candidate))) : result;
    }

    /** Key of the last trial of a candidate that falls nowhere: once that is journalled, nothing is left to do. */
    String lastKey(Candidate candidate) {
        return (quality ? qualityTrial(candidate) : stabilityTrial(candidate)).key();
    }

    private Trial<StabilityResult> stabilityTrial(Candidate candidate) {
        return Trial.ofStability(candidate, seeds.stabilityFilter(candidate.id()));
    }

    private Trial<CandidateStatus> qualityTrial(Candidate candidate) {
        return Trial.ofQuality(candidate, seeds.qualityFilter(candidate.id()));
    }
}
