package org.evonorm.search;

import java.time.Duration;
import java.util.Timer;
import java.util.TimerTask;

/** Interrupts the thread that made it when its time is up, unless it was closed before. */
final class Deadline implements AutoCloseable {

    private final Thread thread = Thread.currentThread();
    private final Timer timer = new Timer("deadline", true);
    private boolean reached;
    private boolean closed;

    /** A deadline after so much time from now; none where it is zero. */
    Deadline(Duration time) {
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

    synchronized boolean isReached() {
        return reached;
    }

    /** Ends the deadline and, where it was reached, the interrupt of the thread, which must be the one that made it. */
    @Override
    public synchronized void close() {
        closed = true;
        timer.cancel();
        if (reached) {
            Thread.interrupted();
        }
    }
}
