package org.evonorm.cli;

import java.time.Duration;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;

/** A progress on a terminal, which is redrawn in place every second and gone at the end. */
final class TerminalProgress implements Progress {

    private final long start = System.nanoTime();
    private final ProgressBar drawn;
    private volatile ProgressText.State state = ProgressText.State.BEGINNING;

    private TerminalProgress(ProgressText text, ProgressBarConsumer terminal, Duration every) {
        drawn = new ProgressBarBuilder()
                .setRenderer((ignored, width) -> text.bar(state, elapsed(), width))
                .setConsumer(terminal)
                .setUpdateIntervalMillis((int) every.toMillis())
                .continuousUpdate()
                .clearDisplayOnFinish()
                .build();
    }

    /** A progress on standard error. */
    static TerminalProgress of(ProgressText text) {
        return on(new TerminalLine(System.err), text, Duration.ofSeconds(1));
    }

    static TerminalProgress on(ProgressBarConsumer terminal, ProgressText text, Duration every) {
        return new TerminalProgress(text, terminal, every);
    }

    private Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - start);
    }

    @Override
    public void at(double done, String detail) {
        state = new ProgressText.State(done, detail, elapsed());
    }

    @Override
    public void close() {
        // An interrupted thread would not wait until the line is gone.
        boolean interrupted = Thread.interrupted();
        drawn.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
