package org.evonorm.cli.log;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.evonorm.store.BestEffort;
import org.evonorm.store.GrowingFile;
import org.evonorm.store.RunFolder;

/**
 * The log that a command keeps in its run's folder (docs/run-folder.md, "logs/"), so that what was said at night can be
 * read in the morning. Lines before the command has the folder are kept back until then. A thread of its own writes
 * them, so that a slow disk holds nothing up; a log that cannot be written is told of once, and nothing fails for it.
 */
public final class RunLog implements AutoCloseable {

    /** The folder of the logs in a run's folder. */
    static final String FOLDER = "logs";

    private static final int MOST_WAITING = 10_000;
    private static final long PATIENCE_SECONDS = 5;
    private static final DateTimeFormatter OF_NAME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter OF_LINE =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSXXX", Locale.ROOT);

    private final GrowingFile file;
    private final LibraryWarnings warnings;
    /** Lines that came before {@link #open}. */
    private final List<String> early = new ArrayList<>();

    private final ThreadPoolExecutor writer = new ThreadPoolExecutor(
            1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MOST_WAITING), RunLog::thread, RunLog::drop);
    private boolean opened;
    /** Used by the writer alone. */
    private final BestEffort accesses;

    private RunLog(GrowingFile file, Consumer<String> warn, boolean everything) {
        this.file = file;
        this.accesses = new BestEffort(reason -> warn.accept(
                "The log " + file + " cannot be written (" + reason + "), and the command goes on without it."));
        this.warnings = LibraryWarnings.to(this::line, everything);
    }

    /**
     * The log of one start of a command, with the warnings of libraries from now on.
     *
     * @param command    name of the command, for the file's
     * @param warn       receives the sentence on a log that cannot be written
     * @param everything whether the libraries' lines below warnings belong to the log too, as far as they are logged
     */
    public static RunLog of(String command, RunFolder folder, Consumer<String> warn, boolean everything) {
        String start = command + "-" + OF_NAME.format(Instant.now()) + "-"
                + ProcessHandle.current().pid();
        return new RunLog(
                GrowingFile.in(folder, FOLDER, part -> start + (part == 1 ? "" : "-" + part) + ".log"),
                warn,
                everything);
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, LibraryWarnings.WRITER);
        thread.setDaemon(true);
        return thread;
    }

    /** Passes over lines that a disk cannot take any more, or that come after the end. */
    private static void drop(Runnable write, ThreadPoolExecutor writer) {}

    /** Writes a text with the time; of several lines the first one has it. */
    public void line(String text) {
        String line = OF_LINE.format(OffsetDateTime.now(ZoneId.systemDefault())) + " " + text.stripTrailing() + "\n";
        synchronized (early) {
            if (opened) {
                write(line);
            } else if (early.size() < MOST_WAITING) {
                early.add(line);
            }
        }
    }

    /** Writes a sentence on a failure, and where the failure comes from. */
    public void failure(String sentence, Throwable failure) {
        StringWriter trace = new StringWriter();
        failure.printStackTrace(new PrintWriter(trace, true));
        line(sentence + "\n" + trace);
    }

    /** Writes the lines that are kept back: the run's folder is the command's own now. */
    public void open() {
        synchronized (early) {
            if (!opened) {
                opened = true;
                write(String.join("", early));
                early.clear();
            }
        }
    }

    private void write(String text) {
        writer.execute(() -> accesses.attempt(() -> file.write(text.getBytes(StandardCharsets.UTF_8))));
    }

    /** Ends the log; waits some seconds for a slow disk. */
    @Override
    public void close() {
        warnings.close();
        writer.execute(() -> accesses.attempt(file::close));
        writer.shutdown();
        boolean interrupted = Thread.interrupted();
        try {
            if (!writer.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                writer.shutdownNow();
            }
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
