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
     * Checks a number.
     *
     * @throws IllegalArgumentException if it is below {@code least} or above {@code most}
     */
    static void between(String option, int least, int most, int value) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    option + " must be a whole number from " + least + " to " + most + ", not " + value);
        }
    }

    /**
     * Checks numbers of threads that start at once.
     *
     * @throws IllegalArgumentException if there are none, or more than suit this machine
     */
    static void threads(String option, int value) {
        between(option, 1, Machine.mostThreads(), value);
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
