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

    /** Chooses for this process. */
    static void choose(Verbosity verbosity) {
        chosen = verbosity;
        if (verbosity == VERBOSE) {
            Configurator.setRootLevel(Level.INFO);
        }
    }

    /** The choice. */
    static Verbosity chosen() {
        return chosen;
    }
}
