package org.evonorm.evolution;

import java.io.Serializable;
import java.util.Locale;

/**
 * The status of a candidate: the stage that the candidate has reached in its generation. Filters return {@link Passed}
 * or {@link Rejected}; tables have every other status than {@link Passed}.
 */
public sealed interface CandidateStatus extends Serializable {

    /** All filters so far have passed the candidate. */
    record Passed() implements CandidateStatus {}

    /** The candidate was trained in every network; the table of evaluations has the accuracies. */
    record Trained() implements CandidateStatus {}

    /**
     * The candidate's training was stopped at a hurdle; the table of evaluations has the accuracies so far.
     *
     * @param steps  steps of training at the hurdle
     * @param reason one sentence with the failing figure
     */
    record Stopped(int steps, String reason) implements CandidateStatus {}

    /**
     * A filter rejected the candidate.
     *
     * @param reason one sentence with the network and the failing figure
     */
    record Rejected(Filter filter, String reason) implements CandidateStatus {}

    /** The candidate computes the same function as an earlier candidate, whose id is {@code original}. */
    record Duplicate(String original) implements CandidateStatus {}

    /** A filter or a training threw an error; the search went on without the candidate. */
    record Failed(String reason) implements CandidateStatus {}

    /** The rejection filters, cheapest first. */
    enum Filter {
        STATIC,
        SIGNAL,
        STABILITY,
        QUALITY
    }

    /** The text in the {@code status} column of the table of candidates. */
    default String text() {
        if (this instanceof Rejected rejected) {
            return "rejected-" + rejected.filter().name().toLowerCase(Locale.ROOT);
        }
        return getClass().getSimpleName().toLowerCase(Locale.ROOT);
    }
}
