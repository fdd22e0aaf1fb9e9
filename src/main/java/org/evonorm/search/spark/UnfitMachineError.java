package org.evonorm.search.spark;

/**
 * A machine cannot train at all, which is no fault of the candidate: a library does not load, or Java lacks a flag.
 * Ends the search. Spark takes errors of linkage for fatal ones and exits at once; this one it reports.
 */
public final class UnfitMachineError extends Error {

    public UnfitMachineError(Throwable cause) {
        super(cause.getMessage(), cause);
    }
}
