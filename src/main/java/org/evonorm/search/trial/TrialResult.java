package org.evonorm.search.trial;

import java.io.Serializable;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.evonorm.search.spark.UnfitMachineError;

/** The result of work on a candidate: its value, or the reason of its failure. */
public sealed interface TrialResult<T> extends Serializable {

    /** Wall time in seconds. */
    double seconds();

    /** The work ended with a value, which is Serializable, on the machine of this name. */
    record Completed<T>(T value, double seconds, String host) implements TrialResult<T> {}

    /** The work threw; {@code reason} is one line. */
    record Failed<T>(String reason, double seconds) implements TrialResult<T> {}

    /** The same result with a part of its value. */
    default <U> TrialResult<U> map(Function<T, U> part) {
        return this instanceof Completed<T> completed
                ? new Completed<>(part.apply(completed.value()), seconds(), completed.host())
                : new Failed<>(((Failed<T>) this).reason(), seconds());
    }

    /**
     * Does the work. Errors that are the candidate's own become a value; those of the machine, as a library that does
     * not load or memory that is used up, and the end of a task that is no longer wanted are thrown.
     */
    static <T> TrialResult<T> of(Supplier<T> work) {
        long start = System.nanoTime();
        try {
            T value = work.get();
            return new Completed<>(value, secondsSince(start), Host.NAME);
        } catch (CancellationException e) {
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

    /** Work that began at this {@link System#nanoTime} and ended in this failure. */
    static <T> Failed<T> failed(Throwable failure, long start) {
        return new Failed<>(reason(failure), secondsSince(start));
    }

    private static double secondsSince(long start) {
        return (System.nanoTime() - start) * 1e-9;
    }

    /** The machine's name, which may take a while to look up. */
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
