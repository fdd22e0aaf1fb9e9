package org.evonorm.cli;

/**
 * The progress of a piece of work on standard error: on a terminal a line that is redrawn every second, elsewhere a
 * line when the work has begun and then one per minute.
 */
interface Progress extends AutoCloseable {

    /** Shows how many items are done, running ones in part, with a short text. */
    void at(double done, String detail);

    /** Ends the display. */
    @Override
    void close();

    /**
     * Begins to show the progress of a task.
     *
     * @param items the name of the items that the task consists of, as in {@code steps}
     * @param total number of the items
     */
    static Progress of(String task, String items, long total) {
        return of(new ProgressText(task, items, total));
    }

    /** Begins to show that a task runs whose length nobody knows. */
    static Progress of(String task) {
        return of(new ProgressText(task, "", 0));
    }

    /** A piece of work with a result. */
    interface Work<T, E extends Exception> {
        T done() throws E;
    }

    /** Does a piece of work whose length nobody knows, and shows that it runs. */
    static <T, E extends Exception> T during(String task, Work<T, E> work) throws E {
        Progress progress = of(task);
        try {
            return work.done();
        } finally {
            progress.close();
        }
    }

    /** Begins to show a progress in these words. */
    static Progress of(ProgressText text) {
        if (Verbosity.chosen() == Verbosity.QUIET) {
            return new NoProgress();
        }
        boolean redrawn = !"dumb".equals(System.getenv("TERM")) && StandardError.isTerminal();
        return redrawn ? TerminalProgress.of(text) : LogProgress.of(System.err::println, text);
    }
}
