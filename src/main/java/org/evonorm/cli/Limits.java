package org.evonorm.cli;

/** Checks of the figures that options take. */
final class Limits {

    private Limits() {}

    /** Refuses a figure below the least that makes sense. */
    static void atLeast(String option, int least, int value) {
        if (value < least) {
            throw new IllegalArgumentException(option + " must be at least " + least + ", not " + value);
        }
    }
}
