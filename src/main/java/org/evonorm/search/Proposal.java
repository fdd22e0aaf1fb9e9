package org.evonorm.search;

import java.io.Serializable;
import org.evonorm.evolution.Candidate;
import org.evonorm.evolution.CandidateStatus;
import org.evonorm.search.trial.TrialResult;

/**
 * A proposed candidate with the result of the static filter.
 *
 * @param valueKey equal for candidates that compute the same function; empty if the static filter rejected the
 *                 candidate or failed, since only passed candidates are compared
 * @param status   result of the static filter
 */
record Proposal(Candidate candidate, String valueKey, TrialResult<CandidateStatus> status) implements Serializable {

    /** Whether the candidate passed the static filter. */
    boolean passed() {
        return status instanceof TrialResult.Completed<CandidateStatus> done
                && done.value() instanceof CandidateStatus.Passed;
    }
}
