package org.evonorm.search;

import java.time.Duration;
import java.util.Timer;
import java.util.TimerTask;

/**
 * The deadline of a search or calibration. When its time is up, it interrupts the thread that made it, unless it was
 * closed before.
 */
public final class Deadline implements AutoCloseable {

    private final Thread thread = Thread.currentThread();
    private final Timer timer = new Timer("deadline", true);
    private boolean reached;
    private boolean closed;

    /** A deadline after {@code time} from now; with a time of zero it is never reached. */
    public Deadline(Duration time) {
        if (!time.isZero()) {
            timer.schedule(
                    new TimerTask() {
                        @Override
                        public void run() {
                            reach();
                        }
                    },
                    time.toMillis());
        }
    }

    private synchronized void reach() {
        if (!closed) {
            reached = true;
            thread.interrupt();
        }
    }

    /** Whether the time was up before the deadline was closed. */
    public synchronized boolean isReached() {
        return reached;
    }

    /**
     * Ends the deadline and, if it was reached, clears the interrupt of the calling thread, which must be the one that
     * made the deadline.
     */
    @Override
    public synchronized void close() {
        closed = true;
        timer.cancel();
        if (reached) {
            Thread.interrupted();
        }
    }
}
