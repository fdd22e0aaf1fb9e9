package org.evonorm.search;

import java.io.Serializable;
import org.evonorm.store.CandidateRow;
import org.evonorm.store.Fate;
import org.evonorm.rejection.Verdict;

/** What became of a proposal after the cheap stage, and the seconds that it took. */
record Outcome(Fate fate, double qualitySeconds, double trainingSeconds) implements Serializable {

    /** The table's row of a proposal that has this outcome. */
    CandidateRow row(Proposal proposal) {
        return new CandidateRow(proposal.candidate(), proposal.valueKey(), fate, proposal.verdict().seconds(),
                qualitySeconds, trainingSeconds);
    }

    /** The outcome of a proposal that the cheap stage itself ended. */
    static Outcome ofCheapStage(Proposal proposal) {
        return new Outcome(fate(proposal.verdict()), 0, 0);
    }

    /** What a verdict makes of a candidate; trained, as far as this filter is concerned, where it passed. */
    static Fate fate(Attempt<Verdict> verdict) {
        if (verdict instanceof Attempt.Broken<Verdict> broken) {
            return new Fate.Failed(broken.reason());
        }
        Verdict value = ((Attempt.Done<Verdict>) verdict).value();
        return value instanceof Verdict.Rejected rejected
                ? new Fate.Rejected(rejected.filter(), rejected.reason()) : new Fate.Trained();
    }
}
