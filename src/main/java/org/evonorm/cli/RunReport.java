package org.evonorm.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.evonorm.cli.log.RunLog;

/**
 * The output of a command that works on a run: lines on standard output, and between them the progress on standard
 * error; the log in the run's folder has both, also of a quiet command. Its public methods are those that the observers of a search and of a rerank have in common.
 */
abstract class RunReport implements AutoCloseable {

    private final PrintWriter out;
    private final RunLog log;
    /** Lines that are known before the first one, which names the folder. */
    private final List<String> toTell = new ArrayList<>();
    /** Such lines that a quiet command prints, too. */
    private final List<String> toSay = new ArrayList<>();

    /** The progress on standard error and in the log; empty between two pieces of work. */
    private List<Progress> progress = List.of();

    private int done;

    RunReport(PrintWriter out, RunLog log) {
        this.out = out;
        this.log = log;
    }

    /** Shows the work that is done before the command's own. */
    public void preparing(String work) {
        show(new ProgressText(work, "", 0));
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
        log.open();
        tell(line);
        toTell.forEach(this::tell);
        toSay.forEach(this::say);
    }

    /** Begins to show how many of some items are done. */
    final void count(String task, String items, long total) {
        done = 0;
        show(new ProgressText(task, items, total));
    }

    private void show(ProgressText text) {
        close();
        progress = List.of(Progress.of(text), LogProgress.of(log::line, text));
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
        progress.forEach(shown -> shown.at(done + items, detail));
    }

    /** Prints a line about the work that is done, which a quiet command leaves out. */
    final void tell(String line) {
        log.line(line);
        if (Verbosity.chosen() != Verbosity.QUIET) {
            print(line);
        }
    }

    /** Prints a table about the work that is done, which a quiet command leaves out. */
    final void tell(TextTable table) {
        log(table);
        if (Verbosity.chosen() != Verbosity.QUIET) {
            print(table);
        }
    }

    /** Prints a table. */
    final void say(TextTable table) {
        log(table);
        print(table);
    }

    /** Prints a line. */
    final void say(String line) {
        log.line(line);
        print(line);
    }

    private void log(TextTable table) {
        StringWriter text = new StringWriter();
        table.print(new PrintWriter(text));
        text.toString().lines().forEach(log::line);
    }

    private void print(TextTable table) {
        table.print(out);
        out.flush();
    }

    private void print(String line) {
        out.println(line);
        out.flush();
    }

    /** Removes the progress from the terminal. */
    @Override
    public final void close() {
        progress.forEach(Progress::close);
        progress = List.of();
    }
}
