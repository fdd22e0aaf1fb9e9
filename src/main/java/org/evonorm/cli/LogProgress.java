package org.evonorm.cli;

import java.time.Duration;
import java.util.Timer;
import java.util.TimerTask;
import java.util.function.Consumer;

/** A progress as lines of a log: the first one soon, unless the work is done by then, and further ones seldom. */
final class LogProgress implements Progress {

    private static final Duration FIRST = Duration.ofMillis(1500);
    private static final Duration LATER = Duration.ofMinutes(1);

    private final Consumer<String> out;
    private final ProgressText text;
    private final long start = System.nanoTime();
    private final Timer clock = new Timer("progress", true);
    private ProgressText.State state = ProgressText.State.BEGINNING;
    private boolean closed;

    private LogProgress(Consumer<String> out, ProgressText text) {
        this.out = out;
        this.text = text;
    }

    /** A progress that says its first line after one and a half seconds, and then one per minute. */
    static LogProgress of(Consumer<String> out, ProgressText text) {
        return of(out, text, FIRST, LATER);
    }

    static LogProgress of(Consumer<String> out, ProgressText text, Duration first, Duration later) {
        LogProgress progress = new LogProgress(out, text);
        TimerTask line = new TimerTask() {
            @Override
            public void run() {
                progress.print();
            }
        };
        progress.clock.schedule(line, first.toMillis(), later.toMillis());
        return progress;
    }

    private Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - start);
    }

    private synchronized void print() {
        if (!closed) {
            out.accept(text.line(state, elapsed()));
        }
    }

    @Override
    public synchronized void at(double done, String detail) {
        state = new ProgressText.State(done, detail, elapsed());
    }

    @Override
    public synchronized void close() {
        closed = true;
        clock.cancel();
    }
}
