package org.evonorm.settings;

/** A setting is unknown or has a value that it cannot have; the message is one sentence with the key and its place. */
public final class SettingsException extends IllegalArgumentException {

    public SettingsException(String message) {
        super(message);
    }

    public SettingsException(String message, Throwable cause) {
        super(message, cause);
    }
}
