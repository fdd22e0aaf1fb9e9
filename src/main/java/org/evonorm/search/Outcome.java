package org.evonorm.search;

import java.io.Serializable;
import org.evonorm.rejection.StabilityTest;
import org.evonorm.rejection.StabilityVerdict;
import org.evonorm.rejection.Verdict;
import org.evonorm.store.CandidateRow;
import org.evonorm.store.Fate;
import org.evonorm.store.StageSeconds;

/** What became of a proposal after the cheap stage, and the seconds that it took. */
record Outcome(Fate fate, StabilityTest stability, double stabilitySeconds, double qualitySeconds,
               double trainingSeconds) implements Serializable {

    /** An outcome without costly stages so far. */
    static Outcome of(Fate fate) {
        return new Outcome(fate, new StabilityTest.NotTaken(), 0, 0, 0);
    }

    /** The outcome of a proposal that the cheap stage itself ended. */
    static Outcome ofCheapStage(Proposal proposal) {
        return of(fate(proposal.verdict()));
    }

    /** The outcome of a candidate that went as far as the stability filter. */
    static Outcome ofStability(Attempt<StabilityVerdict> attempt) {
        StabilityTest test = attempt instanceof Attempt.Done<StabilityVerdict> done
                ? done.value().test() : new StabilityTest.NotTaken();
        return new Outcome(fate(attempt.map(StabilityVerdict::verdict)), test, attempt.seconds(), 0, 0);
    }

    /** The same candidate after the quality filter. */
    Outcome withQuality(Attempt<Verdict> attempt) {
        return new Outcome(fate(attempt), stability, stabilitySeconds, attempt.seconds(), 0);
    }

    /** The same candidate after its trainings. */
    Outcome withTraining(TrainingTally tally) {
        return new Outcome(tally.fate(), stability, stabilitySeconds, qualitySeconds, tally.seconds());
    }

    /** The table's row of a proposal that has this outcome. */
    CandidateRow row(Proposal proposal) {
        return new CandidateRow(proposal.candidate(), proposal.valueKey(), fate, stability, new StageSeconds(
                proposal.verdict().seconds(), stabilitySeconds, qualitySeconds, trainingSeconds));
    }

    /** What a verdict makes of a candidate; trained, as far as this filter is concerned, where it passed. */
    private static Fate fate(Attempt<Verdict> verdict) {
        if (verdict instanceof Attempt.Broken<Verdict> broken) {
            return new Fate.Failed(broken.reason());
        }
        Verdict value = ((Attempt.Done<Verdict>) verdict).value();
        return value instanceof Verdict.Rejected rejected
                ? new Fate.Rejected(rejected.filter(), rejected.reason()) : new Fate.Trained();
    }
}
