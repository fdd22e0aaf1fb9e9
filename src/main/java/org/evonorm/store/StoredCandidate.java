package org.evonorm.store;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.evonorm.evolution.Candidate;

/**
 * A candidate as the tables of a run record it.
 *
 * @param candidate  the candidate
 * @param status     candidate status, as in {@link Table#CANDIDATES}
 * @param accuracies accuracies of the trainings that ended, by network in the run's order; may be empty
 */
public record StoredCandidate(Candidate candidate, String status, Map<String, Double> accuracies) {

    public StoredCandidate {
        accuracies = Collections.unmodifiableMap(new LinkedHashMap<>(accuracies));
    }
}
