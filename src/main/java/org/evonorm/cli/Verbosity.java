package org.evonorm.cli;

import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;

/** How much a process says beside its results, warnings and errors: chosen once, by the options of the command line. */
enum Verbosity {
    /** Nothing. */
    QUIET,
    /** The progress, and lines about the work that is done. */
    USUAL,
    /** The log of Spark and Hadoop, too. */
    VERBOSE;

    private static volatile Verbosity chosen = USUAL;

    /**
     * Chooses for this process.
     *
     * @throws IllegalArgumentException if it is to be both quiet and verbose
     */
    static void choose(boolean quiet, boolean verbose) {
        if (quiet && verbose) {
            throw new IllegalArgumentException("--quiet and --verbose exclude each other; give one of them");
        }
        chosen = quiet ? QUIET : verbose ? VERBOSE : USUAL;
        if (verbose) {
            Configurator.setRootLevel(Level.INFO);
        }
    }

    /** The choice. */
    static Verbosity chosen() {
        return chosen;
    }
}
