package org.evonorm.search.spark;

/**
 * The interruption of a search or rerank from outside. Its committed generations or trainings stand, and the same
 * command goes on after them.
 */
public final class SearchInterruptedException extends RuntimeException {

    public SearchInterruptedException(String message, Throwable cause) {
        super(message, cause);
    }
}
