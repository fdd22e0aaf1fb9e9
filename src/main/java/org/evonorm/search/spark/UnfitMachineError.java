package org.evonorm.search.spark;

/**
 * The fault of a machine that cannot train at all: a library does not load, or Java lacks a flag. It ends the search,
 * since the candidate is not to blame. Spark exits at once at a {@link LinkageError}, but reports this error.
 */
public final class UnfitMachineError extends Error {

    public UnfitMachineError(Throwable cause) {
        super(cause.getMessage(), cause);
    }
}
