package org.evonorm.search.spark;

/** A search was stopped from outside; its committed generations stand, and the same command goes on after them. */
public final class SearchInterruptedException extends RuntimeException {

    public SearchInterruptedException(String message, Throwable cause) {
        super(message, cause);
    }
}
