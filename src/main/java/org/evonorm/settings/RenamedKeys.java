package org.evonorm.settings;

import com.typesafe.config.Config;
import java.util.Map;
import java.util.Optional;

/**
 * The keys of earlier versions by which settings are no longer known. A settings file that has one is refused with the
 * key's name of today; the run.conf of an earlier version is read as if it had that name.
 */
final class RenamedKeys {

    /** Since version 0.2.0. */
    private static final Map<String, String> TODAY =
            Map.of("search.yardsticks", "search.baselines", "rerank.comparison", "rerank.baselines");

    private RenamedKeys() {}

    /** The name of today of a key that earlier versions knew. */
    static Optional<String> today(String key) {
        return Optional.ofNullable(TODAY.get(key));
    }

    /** The settings of an earlier version under the names of today. */
    static Config translated(Config settings) {
        Config result = settings;
        for (Map.Entry<String, String> renamed : TODAY.entrySet()) {
            if (result.hasPath(renamed.getKey())) {
                result = result.withValue(renamed.getValue(), result.getValue(renamed.getKey()))
                        .withoutPath(renamed.getKey());
            }
        }
        return result;
    }
}
