package org.evonorm.cli;

import java.util.Collection;

/** Checks of the values of options. */
final class Limits {

    private Limits() {}

    /**
     * Checks a number.
     *
     * @throws IllegalArgumentException if it is below {@code least}
     */
    static void atLeast(String option, int least, int value) {
        if (value < least) {
            throw new IllegalArgumentException(option + " must be at least " + least + ", not " + value);
        }
    }

    /**
     * Checks a list.
     *
     * @throws IllegalArgumentException if the list is empty, as a lone comma makes it
     */
    static void notEmpty(String option, Collection<?> values) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException(option + " names nothing; give at least one, or leave the option out");
        }
    }
}
