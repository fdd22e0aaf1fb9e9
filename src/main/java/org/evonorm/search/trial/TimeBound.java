package org.evonorm.search.trial;

import java.io.Serializable;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * A time bound on work, which runs on a thread of its own and is given up when it takes longer.
 *
 * @param most time that the work may take
 */
public record TimeBound(Duration most) implements Serializable {

    /** Time for a training to end at its next step; a thread stuck in native code for longer is left to itself. */
    private static final Duration LAST_STEP = Duration.ofSeconds(30);

    /**
     * Runs the work.
     *
     * @return the result; empty if the work was given up
     * @throws CancellationException if this thread is interrupted; its interrupt flag stays set
     */
    <T> Optional<TrialResult<T>> run(Supplier<T> work) {
        FutureTask<TrialResult<T>> attempt = new FutureTask<>(() -> TrialResult.of(work));
        Thread worker = new Thread(attempt, "trial");
        worker.setDaemon(true);
        worker.start();
        try {
            return Optional.of(attempt.get(most.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException e) {
            end(worker);
            return Optional.empty();
        } catch (InterruptedException e) {
            end(worker);
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) e.getCause();
        }
    }

    private static void end(Thread worker) {
        worker.interrupt();
        try {
            worker.join(LAST_STEP.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
