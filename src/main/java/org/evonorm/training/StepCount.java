package org.evonorm.training;

import java.io.Serializable;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The number of optimizer steps that a piece of work has done so far. The thread that trains counts, and others read,
 * so that a training of hours is seen to move. Threads made by a thread count into the same count.
 */
public final class StepCount implements Serializable {

    private static final InheritableThreadLocal<StepCount> OF_THREAD = new InheritableThreadLocal<>() {
        @Override
        protected StepCount initialValue() {
            return new StepCount();
        }
    };

    private final AtomicLong steps = new AtomicLong();

    /** The count of the work that this thread does. */
    public static StepCount ofThisThread() {
        return OF_THREAD.get();
    }

    /** Makes this the count of what this thread does from now on, and of the threads that it makes. */
    public void begin() {
        OF_THREAD.set(this);
    }

    /** Ends the counting of this thread's work. */
    public static void end() {
        OF_THREAD.remove();
    }

    /** Counts one step. */
    void advance() {
        steps.incrementAndGet();
    }

    /** Sets the number, for steps that another process does. */
    public void set(long done) {
        steps.set(done);
    }

    /** The number of steps so far. */
    public long steps() {
        return steps.get();
    }
}
