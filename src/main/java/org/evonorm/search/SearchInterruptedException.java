package org.evonorm.search;

/** A search was stopped from outside; its committed generations stand, and the same command goes on after them. */
public final class SearchInterruptedException extends RuntimeException {

    SearchInterruptedException(String message, Throwable cause) {
        super(message, cause);
    }
}
