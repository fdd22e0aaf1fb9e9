package org.evonorm.search;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.evonorm.store.RunFolder;

/**
 * The text of a run's {@code run.conf}: all settings that the run was started with, and under {@code started-with} the
 * versions and the checksum of the images.
 */
final class RunConf {

    /** Settings that may differ when a run goes on: none of them changes what a generation holds. */
    private static final Set<String> HARMLESS = Set.of("search.run", "search.generations", "data.path");
    private static final String STARTED_WITH = "started-with";
    private static final String IMAGES = STARTED_WITH + ".images-crc32";
    private static final ConfigRenderOptions PLAIN =
            ConfigRenderOptions.defaults().setOriginComments(false).setComments(false).setJson(false);

    private RunConf() {}

    /** The text for a run that starts now. */
    static String text(Settings settings, String imagesChecksum) {
        Config conf = settings.resolved();
        for (Map.Entry<String, String> version : Versions.all().entrySet()) {
            conf = with(conf, STARTED_WITH + "." + version.getKey(), version.getValue());
        }
        return with(conf, IMAGES, imagesChecksum).root().render(PLAIN);
    }

    private static Config with(Config conf, String key, String value) {
        return conf.withValue(key, ConfigValueFactory.fromAnyRef(value));
    }

    /**
     * Refuses to go on with a run under other settings than it was started with.
     *
     * @throws SettingsException if a setting that matters differs; the message names each with both values
     */
    static void requireSame(RunFolder folder, Settings settings, String imagesChecksum) {
        Config started = parse(folder);
        List<String> differences = new ArrayList<>();
        Map<String, ConfigValue> now = leaves(settings.resolved());
        leaves(started.withoutPath(STARTED_WITH).withFallback(SettingsSource.reference())).forEach((key, value) -> {
            ConfigValue other = now.get(key);
            if (!HARMLESS.contains(key) && !value.equals(other)) {
                differences.add(key + " = " + shown(value) + ", now " + (other == null ? "unknown" : shown(other)));
            }
        });
        if (!differences.isEmpty()) {
            throw new SettingsException("the run in " + folder + " was started with other settings ("
                    + String.join("; ", differences) + "); use those again, or another folder");
        }
        if (started.hasPath(IMAGES) && !started.getString(IMAGES).equals(imagesChecksum)) {
            throw new SettingsException("the run in " + folder + " was started on other images than "
                    + imagesOf(settings) + " holds now; put those back, or use another folder for the run");
        }
    }

    private static String imagesOf(Settings settings) {
        return settings.data().path().isEmpty() ? "the synthetic set" : settings.data().path();
    }

    private static Config parse(RunFolder folder) {
        try {
            return ConfigFactory.parseString(folder.settings());
        } catch (ConfigException e) {
            throw new SettingsException(folder + "/run.conf is damaged (" + e.getMessage()
                    + "); restore it, or use another folder", e);
        }
    }

    private static Map<String, ConfigValue> leaves(Config config) {
        Map<String, ConfigValue> leaves = new TreeMap<>();
        config.entrySet().forEach(entry -> leaves.put(entry.getKey(), entry.getValue()));
        return leaves;
    }

    private static String shown(ConfigValue value) {
        return value.render(ConfigRenderOptions.concise());
    }
}
