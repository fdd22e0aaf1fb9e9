package org.evonorm.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The output of a command that works on a run: lines on standard output, and between them the progress on standard
 * error. Its public methods are those that the observers of a search and of a rerank have in common.
 */
abstract class RunReport implements AutoCloseable {

    private final PrintWriter out;
    /** Lines that are known before the first one, which names the folder. */
    private final List<String> toTell = new ArrayList<>();
    /** Such lines that a quiet command prints, too. */
    private final List<String> toSay = new ArrayList<>();

    private Optional<Progress> progress = Optional.empty();
    private int done;

    RunReport(PrintWriter out) {
        this.out = out;
    }

    /** Shows the work that is done before the command's own. */
    public void preparing(String work) {
        close();
        progress = Optional.of(Progress.of(work));
    }

    /** Takes note of the numbers of images. */
    public void imagesLoaded(String sizes) {
        toTell.add(sizes);
    }

    /** Takes note of a difference between the run and its continuation. */
    public void noted(String sentence) {
        toSay.add(sentence);
    }

    /** Prints the first line, which names the folder, and the lines that were known before. */
    final void begin(String line) {
        close();
        tell(line);
        toTell.forEach(this::tell);
        toSay.forEach(this::say);
    }

    /** Begins to show how many of some items are done. */
    final void count(String task, String items, long total) {
        close();
        done = 0;
        progress = Optional.of(Progress.of(task, items, total));
    }

    /** Shows how many items are done. */
    final void advance(int nowDone, int total, String detail) {
        done = nowDone;
        running(0, detail);
        if (done == total) {
            close();
        }
    }

    /** Shows how far running items are, beside those that are done. */
    final void running(double items, String detail) {
        progress.ifPresent(shown -> shown.at(done + items, detail));
    }

    /** Prints a line about the work that is done, which a quiet command leaves out. */
    final void tell(String line) {
        if (Verbosity.chosen() != Verbosity.QUIET) {
            say(line);
        }
    }

    /** Prints a table about the work that is done, which a quiet command leaves out. */
    final void tell(TextTable table) {
        if (Verbosity.chosen() != Verbosity.QUIET) {
            say(table);
        }
    }

    /** Prints a table. */
    final void say(TextTable table) {
        table.print(out);
        out.flush();
    }

    /** Prints a line. */
    final void say(String line) {
        out.println(line);
        out.flush();
    }

    /** Removes the progress from the terminal. */
    @Override
    public final void close() {
        progress.ifPresent(Progress::close);
        progress = Optional.empty();
    }
}
