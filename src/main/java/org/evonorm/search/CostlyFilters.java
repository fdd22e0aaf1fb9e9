package org.evonorm.search;

import java.io.Serializable;
import org.evonorm.evolution.Candidate;
import org.evonorm.evolution.RandomSource;
import org.evonorm.rejection.StabilityVerdict;
import org.evonorm.rejection.Verdict;
import org.evonorm.store.Fate;

/**
 * The filters that take long, inside Spark tasks: stability, then quality for those that pass. One task does both, so
 * that nobody waits between them and Spark's driver has half as many tasks to hand out.
 *
 * @param stability whether the stability filter is on
 * @param quality   whether the quality filter is on
 */
record CostlyFilters(Attempts attempts, RandomSource seeds, boolean stability, boolean quality)
        implements Serializable {

    boolean isAnyOn() {
        return stability || quality;
    }

    /** What becomes of a candidate in them; trained, as far as they are concerned, where it passes. */
    Outcome judge(Candidate candidate) {
        Outcome outcome = stability ? Outcome.ofStability(attempts.at(stabilityTrial(candidate)))
                : Outcome.of(new Fate.Trained());
        return quality && outcome.fate() instanceof Fate.Trained
                ? outcome.withQuality(attempts.at(qualityTrial(candidate))) : outcome;
    }

    /** Key of the last trial of a candidate that falls nowhere: once that is journalled, nothing is left to do. */
    String lastKey(Candidate candidate) {
        return (quality ? qualityTrial(candidate) : stabilityTrial(candidate)).key();
    }

    private Trial<StabilityVerdict> stabilityTrial(Candidate candidate) {
        return Trial.ofStability(candidate, seeds.stabilityFilter(candidate.id()));
    }

    private Trial<Verdict> qualityTrial(Candidate candidate) {
        return Trial.ofQuality(candidate, seeds.qualityFilter(candidate.id()));
    }
}
