package org.evonorm.settings;

import com.typesafe.config.Config;
import java.util.Map;
import java.util.Optional;

/**
 * Renamed settings: keys of earlier versions and their current names. A settings file or override with an old key is
 * refused with the current name; the {@code run.conf} of an earlier version is read as if it had the current name.
 */
final class RenamedKeys {

    /** Current names by old key; renamed in version 0.2.0. */
    private static final Map<String, String> CURRENT = Map.of(
            "search.yardsticks", "search.baselines",
            "rerank.comparison", "rerank.baselines",
            "rejection.quality.threshold", "rejection.quality.ten-class-threshold");

    private RenamedKeys() {}

    /** The current name of a renamed key; empty for any other key. */
    static Optional<String> current(String key) {
        return Optional.ofNullable(CURRENT.get(key));
    }

    /** Settings with every renamed key under its current name. */
    static Config translated(Config settings) {
        Config result = settings;
        for (Map.Entry<String, String> renamed : CURRENT.entrySet()) {
            if (result.hasPath(renamed.getKey())) {
                result = result.withValue(renamed.getValue(), result.getValue(renamed.getKey()))
                        .withoutPath(renamed.getKey());
            }
        }
        return result;
    }
}
