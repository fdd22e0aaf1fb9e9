package org.evonorm.search;

import java.io.Serializable;
import org.evonorm.evolution.Candidate;
import org.evonorm.rejection.Verdict;

/**
 * A candidate after the cheap stage.
 *
 * @param valueKey equal for candidates that compute the same function
 * @param verdict  the static filter's
 */
record Proposal(Candidate candidate, String valueKey, Attempt<Verdict> verdict) implements Serializable {

    boolean passed() {
        return passed(verdict);
    }

    /** Whether a filter did its work and did not mind. */
    static boolean passed(Attempt<Verdict> verdict) {
        return verdict instanceof Attempt.Done<Verdict> done && done.value() instanceof Verdict.Passed;
    }
}
