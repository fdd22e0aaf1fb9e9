package org.evonorm.evolution;

import java.io.Serializable;
import java.util.Locale;

/** The stage that a candidate has come to in its generation. Filters give the first and the third, tables the others. */
public sealed interface CandidateStatus extends Serializable {

    /** Passed all filters so far. */
    record Passed() implements CandidateStatus {}

    /** Trained in every network; the evaluations hold its accuracies. */
    record Trained() implements CandidateStatus {}

    /**
     * Thrown out by a filter.
     *
     * @param reason one sentence with the network and the figure that failed
     */
    record Rejected(Filter filter, String reason) implements CandidateStatus {}

    /** Computes the same function as a candidate proposed before it, whose id is {@code original}. */
    record Duplicate(String original) implements CandidateStatus {}

    /** A filter or a training threw an error; the search went on without the candidate. */
    record Failed(String reason) implements CandidateStatus {}

    /** The rejection filters, cheapest first. */
    enum Filter {
        STATIC,
        STABILITY,
        QUALITY
    }

    /** The text in the table's {@code status} column. */
    default String text() {
        if (this instanceof Rejected rejected) {
            return "rejected-" + rejected.filter().name().toLowerCase(Locale.ROOT);
        }
        return getClass().getSimpleName().toLowerCase(Locale.ROOT);
    }
}
