package org.evonorm.search.spark;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * Broadcasts that end with their session. Spark 3.5 waits for a lock of its own for ever where a session stops while a
 * value is stored, as one does whose master refuses it a minute after the start.
 */
final class Broadcasts {

    private static final long LOOK_MILLISECONDS = 500;

    private Broadcasts() {}

    /**
     * The broadcast of a value.
     *
     * @throws IllegalStateException if the session has stopped, or this thread is interrupted
     */
    static <T> Broadcast<T> of(JavaSparkContext spark, T value) {
        return whileRunning(() -> spark.sc().isStopped(), () -> spark.broadcast(value));
    }

    /** The result of the work, for which nobody waits any longer once the session has stopped. */
    static <T> T whileRunning(BooleanSupplier stopped, Supplier<T> work) {
        FutureTask<T> task = new FutureTask<>(work::get);
        Thread thread = new Thread(task, "broadcast");
        thread.setDaemon(true);
        thread.start();
        try {
            while (true) {
                try {
                    return task.get(LOOK_MILLISECONDS, TimeUnit.MILLISECONDS);
                } catch (TimeoutException e) {
                    requireRunning(stopped, e);
                }
            }
        } catch (ExecutionException e) {
            requireRunning(stopped, e);
            throw new IllegalStateException("a value could not be broadcast", e.getCause());
        } catch (InterruptedException e) {
            thread.interrupt();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a value was broadcast", e);
        }
    }

    private static void requireRunning(BooleanSupplier stopped, Exception e) {
        if (stopped.getAsBoolean()) {
            throw new IllegalStateException("the value was for a stopped SparkContext", e);
        }
    }
}
