package org.evonorm.engine.cpu.memory;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads of a model, which run the same task on their slices of a batch and meet at a barrier. The calling thread
 * is worker 0. Waiting threads spin, since meetings are frequent and waits are short; a single worker never waits.
 */
public final class Workers implements AutoCloseable {

    /** The work of every worker; {@code worker} counts from 0. */
    public interface Task {
        void run(int worker);
    }

    /** Turns of a waiting loop before the thread yields. */
    private static final int SPINS = 20_000;

    private final int count;
    private final ExecutorService threads;
    private final AtomicInteger arrived = new AtomicInteger();
    private volatile int meeting;
    private volatile boolean failed;

    /** Starts {@code count − 1} daemon threads. */
    public Workers(int count) {
        this.count = count;
        this.threads = count == 1
                ? null
                : Executors.newFixedThreadPool(count - 1, task -> {
                    Thread thread = new Thread(task, "evonorm-worker");
                    thread.setDaemon(true);
                    return thread;
                });
    }

    /** Number of workers, the calling thread included. */
    public int count() {
        return count;
    }

    /**
     * Runs a task on all workers and returns when all have ended.
     *
     * @throws RuntimeException the failure of the task if this object has a single worker
     * @throws IllegalStateException if one of several workers failed, with the failure of the task as the cause
     */
    public void run(Task task) {
        if (count == 1) {
            task.run(0);
            return;
        }
        failed = false;
        arrived.set(0);
        List<Future<?>> others = new ArrayList<>();
        for (int worker = 1; worker < count; worker++) {
            int number = worker;
            others.add(threads.submit(() -> guarded(task, number)));
        }
        Optional<Throwable> failure = failureOf(() -> guarded(task, 0));
        for (Future<?> other : others) {
            Optional<Throwable> later = failureOf(other);
            failure = failure.isEmpty() || (isAbandoned(failure) && later.isPresent()) ? later : failure;
        }
        if (failure.isPresent()) {
            throw new IllegalStateException("a worker failed: " + failure.get(), failure.get());
        }
    }

    private static boolean isAbandoned(Optional<Throwable> failure) {
        return failure.filter(Abandoned.class::isInstance).isPresent();
    }

    private static Optional<Throwable> failureOf(Runnable work) {
        try {
            work.run();
            return Optional.empty();
        } catch (RuntimeException | Error e) {
            return Optional.of(e);
        }
    }

    /** The failure of a worker; waits until the worker has ended, interrupted or not, since it uses shared memory. */
    private static Optional<Throwable> failureOf(Future<?> worker) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    worker.get();
                    return Optional.empty();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    return Optional.of(e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void guarded(Task task, int worker) {
        try {
            task.run(worker);
        } catch (RuntimeException | Error e) {
            failed = true;
            throw e;
        }
    }

    /** Barrier: waits until all workers have called this method. */
    @SuppressWarnings("ThreadPriorityCheck")
    public void meet() {
        if (count == 1) {
            return;
        }
        int current = meeting;
        if (arrived.incrementAndGet() == count) {
            arrived.set(0);
            meeting = current + 1;
            return;
        }
        for (int spins = 0; meeting == current; spins++) {
            if (failed) {
                throw new Abandoned();
            }
            if (spins < SPINS) {
                Thread.onSpinWait();
            } else {
                Thread.yield();
            }
        }
    }

    /** Stops the threads. */
    @Override
    public void close() {
        if (threads != null) {
            threads.shutdownNow();
        }
    }

    /** Thrown at a barrier that another worker, which failed, will not reach. */
    private static final class Abandoned extends RuntimeException {
        private static final long serialVersionUID = 1;

        Abandoned() {
            super("another worker failed");
        }
    }
}
