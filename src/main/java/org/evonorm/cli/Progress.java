package org.evonorm.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** The progress of a command on standard error: a bar on a terminal, elsewhere a line every ten seconds. */
interface Progress extends AutoCloseable {

    /** Shows the number of finished steps, with a short text. */
    void at(long done, String detail);

    /** Ends the display. */
    @Override
    void close();

    /** Begins to show the progress of a task with {@code steps} steps. */
    static Progress of(String task, String unit, long steps) {
        return Terminal.shown()
                ? new Bar(task, steps)
                : new Lines(System.err, task, unit, steps, Duration.ofSeconds(10));
    }

    /** A test whether standard error is a terminal that can show a bar. */
    final class Terminal {
        private static final boolean SHOWN = !"dumb".equals(System.getenv("TERM")) && standardErrorIsTerminal();

        private Terminal() {}

        /** Whether a bar can be shown. */
        static boolean shown() {
            return SHOWN;
        }

        /**
         * Java can tell only whether all of input and output is a terminal, so the system is asked for standard error.
         */
        private static boolean standardErrorIsTerminal() {
            try {
                return new ProcessBuilder("test", "-t", "2")
                                .redirectError(ProcessBuilder.Redirect.INHERIT)
                                .start()
                                .waitFor()
                        == 0;
            } catch (IOException e) {
                return false;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
    }

    /** A bar that is redrawn in place. */
    final class Bar implements Progress {
        private final ProgressBar bar;

        Bar(String task, long steps) {
            bar = new ProgressBarBuilder()
                    .setTaskName(task)
                    .setInitialMax(steps)
                    .setStyle(ProgressBarStyle.ASCII)
                    .showSpeed(new DecimalFormat("0.0", DecimalFormatSymbols.getInstance(Locale.ROOT)))
                    .setSpeedUnit(ChronoUnit.MINUTES)
                    .setUpdateIntervalMillis(250)
                    .setConsumer(new ConsoleProgressBarConsumer(System.err))
                    .clearDisplayOnFinish()
                    .build();
        }

        @Override
        public void at(long done, String detail) {
            bar.stepTo(done);
            bar.setExtraMessage(detail);
        }

        @Override
        public void close() {
            bar.close();
        }
    }

    /** Lines of text, at most one per interval. */
    final class Lines implements Progress {
        private final PrintStream out;
        private final String task;
        private final String unit;
        private final long steps;
        private final long intervalNanos;
        private final long start = System.nanoTime();
        private long last = start;

        Lines(PrintStream out, String task, String unit, long steps, Duration interval) {
            this.out = out;
            this.task = task;
            this.unit = unit;
            this.steps = steps;
            this.intervalNanos = interval.toNanos();
        }

        @Override
        public void at(long done, String detail) {
            long now = System.nanoTime();
            if (now - last < intervalNanos || done == 0) {
                return;
            }
            last = now;
            double seconds = Math.max(1e-9, (now - start) * 1e-9);
            out.printf(
                    Locale.ROOT,
                    "%s: %s %d of %d, %.1f/min, %s%.0f s left%n",
                    task,
                    unit,
                    done,
                    steps,
                    60 * done / seconds,
                    detail.isEmpty() ? "" : detail + ", ",
                    seconds * (steps - done) / done);
        }

        @Override
        public void close() {}
    }
}
