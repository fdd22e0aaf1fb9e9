package org.evonorm.cli;

import java.util.Collection;

/** Checks of the figures that options take. */
final class Limits {

    private Limits() {}

    /** Refuses a figure below the least that makes sense. */
    static void atLeast(String option, int least, int value) {
        if (value < least) {
            throw new IllegalArgumentException(option + " must be at least " + least + ", not " + value);
        }
    }

    /** Refuses a list that holds nothing, as of a lone comma. */
    static void notEmpty(String option, Collection<?> values) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException(option + " names nothing; give at least one, or leave the option out");
        }
    }
}
