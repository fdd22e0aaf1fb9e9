package org.evonorm.search.trial;

import java.io.Serializable;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.CancellationException;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.Supplier;
import org.evonorm.search.spark.UnfitMachineError;
import org.evonorm.store.StoreException;

/**
 * The result of a trial, or of other work on a candidate: a value, or the reason of the failure.
 *
 * @param <T> type of the value
 */
public sealed interface TrialResult<T> extends Serializable {

    /** Wall time of the work in seconds. */
    double seconds();

    /** Work that ended with a value, which must be serializable, on the machine {@code host}. */
    record Completed<T>(T value, double seconds, String host) implements TrialResult<T> {}

    /** Work that threw; {@code reason} is one line. */
    record Failed<T>(String reason, double seconds) implements TrialResult<T> {}

    /** The same result with {@code part} of its value. */
    default <U> TrialResult<U> map(Function<T, U> part) {
        return this instanceof Completed<T> completed
                ? new Completed<>(part.apply(completed.value()), seconds(), completed.host())
                : new Failed<>(((Failed<T>) this).reason(), seconds());
    }

    /** This result and the one of the work after it, joined; the first failure is the failure of both. */
    default TrialResult<T> and(TrialResult<T> next, BinaryOperator<T> join) {
        double both = seconds() + next.seconds();
        if (this instanceof Completed<T> first && next instanceof Completed<T> second) {
            return new Completed<>(join.apply(first.value(), second.value()), both, second.host());
        }
        return new Failed<>(((Failed<T>) (this instanceof Failed<T> ? this : next)).reason(), both);
    }

    /**
     * Runs the work. Exceptions and stack overflows are the candidate's own and become {@link Failed}.
     *
     * @throws UnfitMachineError if a library does not load
     * @throws OutOfMemoryError if the memory is used up
     * @throws StoreException if a file of the run cannot be used, which is not the candidate's fault
     * @throws CancellationException or another exception of the work, if the task is no longer wanted
     */
    static <T> TrialResult<T> of(Supplier<T> work) {
        long start = System.nanoTime();
        try {
            T value = work.get();
            return new Completed<>(value, secondsSince(start), Host.NAME);
        } catch (CancellationException | StoreException e) {
            throw e;
        } catch (LinkageError e) {
            throw new UnfitMachineError(e);
        } catch (RuntimeException | StackOverflowError e) {
            if (Thread.currentThread().isInterrupted()) {
                throw e;
            }
            return failed(e, start);
        }
    }

    /** The result of work that began at {@link System#nanoTime} {@code start} and ended with {@code failure}. */
    static <T> Failed<T> failed(Throwable failure, long start) {
        return new Failed<>(reason(failure), secondsSince(start));
    }

    private static double secondsSince(long start) {
        return (System.nanoTime() - start) * 1e-9;
    }

    /** The name of this machine, looked up once, since this may take a while. */
    final class Host {
        static final String NAME = name();

        private Host() {}

        private static String name() {
            try {
                return InetAddress.getLocalHost().getHostName();
            } catch (UnknownHostException e) {
                return "unknown";
            }
        }
    }

    private static String reason(Throwable e) {
        String message =
                e.getMessage() == null ? "" : e.getMessage().lines().findFirst().orElse("");
        return e.getClass().getSimpleName() + (message.isEmpty() ? "" : ": " + message);
    }
}
