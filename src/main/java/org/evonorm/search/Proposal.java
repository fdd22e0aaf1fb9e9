package org.evonorm.search;

import java.io.Serializable;
import org.evonorm.evolution.Candidate;
import org.evonorm.evolution.CandidateStatus;
import org.evonorm.search.trial.TrialResult;

/**
 * A candidate after the cheap stage.
 *
 * @param valueKey equal for candidates that compute the same function; empty where the static filter rejected one,
 *                 since only those that pass are told apart
 * @param status  the static filter's
 */
record Proposal(Candidate candidate, String valueKey, TrialResult<CandidateStatus> status) implements Serializable {

    /** Whether the static filter did its work and did not mind. */
    boolean passed() {
        return status instanceof TrialResult.Completed<CandidateStatus> done
                && done.value() instanceof CandidateStatus.Passed;
    }
}
