package org.evonorm.settings;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Optional;

/** Settings from overrides alone, which the tests of settings share. */
final class Loading {

    private Loading() {}

    static Settings with(String... overrides) {
        return Settings.load(Optional.empty(), List.of(overrides));
    }

    /** The sentence by which overrides are refused. */
    static String refusal(String... overrides) {
        String message =
                assertThrows(SettingsException.class, () -> with(overrides)).getMessage();
        assertFalse(message.contains("\n"), message);
        return message;
    }
}
