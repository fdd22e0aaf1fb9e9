package org.evonorm.store;

import java.io.Serializable;
import java.util.Locale;
import org.evonorm.rejection.Verdict;

/** What became of a candidate. */
public sealed interface Fate extends Serializable {

    /** Trained in every network; its accuracies stand in the evaluations. */
    record Trained() implements Fate {}

    /** Computes the same function as a candidate proposed before it, whose id is {@code original}. */
    record Duplicate(String original) implements Fate {}

    /** Thrown out by a filter. */
    record Rejected(Verdict.Filter filter, String reason) implements Fate {}

    /** A filter or a training threw an error; the search went on without it. */
    record Failed(String reason) implements Fate {}

    /** The text in the table's {@code status} column. */
    default String status() {
        if (this instanceof Rejected rejected) {
            return "rejected-" + rejected.filter().name().toLowerCase(Locale.ROOT);
        }
        return getClass().getSimpleName().toLowerCase(Locale.ROOT);
    }
}
