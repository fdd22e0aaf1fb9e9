package org.evonorm.store;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.evonorm.evolution.Candidate;

/**
 * What a run's tables say of one candidate.
 *
 * @param status     what became of it, as in {@link Table#CANDIDATES}
 * @param accuracies by network, in the run's order, of the trainings that ended; empty if there was none
 */
public record StoredCandidate(Candidate candidate, String status, Map<String, Double> accuracies) {

    public StoredCandidate {
        accuracies = Collections.unmodifiableMap(new LinkedHashMap<>(accuracies));
    }
}
