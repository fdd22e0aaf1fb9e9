package org.evonorm.cli;

import picocli.CommandLine;

/** The exit statuses of {@code evonorm}, by which scripts and schedulers tell how a command ended. */
final class ExitStatus {

    /** Success. */
    static final int SUCCESS = CommandLine.ExitCode.OK;

    /** A failure, with one sentence on standard error. */
    static final int FAILURE = CommandLine.ExitCode.SOFTWARE;

    /** Wrong arguments. */
    static final int USAGE = CommandLine.ExitCode.USAGE;

    /** A search or calibration that stopped at its deadline with work left. */
    static final int DEADLINE = 3;

    /** A command that the user ended: 128 and the number of SIGINT, as shells have it. */
    static final int INTERRUPTED = 130;

    private ExitStatus() {}
}
