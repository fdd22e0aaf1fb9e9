package org.evonorm.search;

import java.io.Serializable;
import org.evonorm.evolution.Candidate;
import org.evonorm.rejection.Verdict;

/**
 * A candidate after the cheap stage.
 *
 * @param valueKey equal for candidates that compute the same function; empty where the static filter rejected one,
 *                 since only those that pass are told apart
 * @param verdict  the static filter's
 */
record Proposal(Candidate candidate, String valueKey, Attempt<Verdict> verdict) implements Serializable {

    /** Whether the static filter did its work and did not mind. */
    boolean passed() {
        return verdict instanceof Attempt.Done<Verdict> done && done.value() instanceof Verdict.Passed;
    }
}
