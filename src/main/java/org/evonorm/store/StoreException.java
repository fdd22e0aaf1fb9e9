package org.evonorm.store;

/** A run's folder cannot be used as it is; the message is one sentence that names the file and the remedy. */
public final class StoreException extends IllegalArgumentException {

    public StoreException(String message) {
        super(message);
    }

    StoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
