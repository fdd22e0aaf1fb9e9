package org.evonorm.settings;

/** An unknown setting or a value that is not allowed; the message is one sentence with the key and its place. */
public final class SettingsException extends IllegalArgumentException {

    public SettingsException(String message) {
        super(message);
    }

    public SettingsException(String message, Throwable cause) {
        super(message, cause);
    }
}
