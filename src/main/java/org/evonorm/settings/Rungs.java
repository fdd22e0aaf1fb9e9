package org.evonorm.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOriginFactory;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The section {@code calibration.rungs}, the only one whose subsections a user names. A rung has the keys of {@code
 * calibration.reference} and, where it sets no value, the values of the reference; so reference.conf needs no rung.
 */
final class Rungs {

    /** The path of the section. */
    static final List<String> SECTION = List.of("calibration", "rungs");

    private static final List<String> REFERENCE = List.of("calibration", "reference");

    /**
     * What a rung has in place of the reference's values: the search that a rung stands for trains once, to the end.
     */
    private static final Config OWN = ConfigFactory.empty()
            .withValue("seeds", ConfigValueFactory.fromAnyRef(1).withOrigin(ConfigOriginFactory.newSimple("default")))
            .withValue(
                    "at-steps",
                    ConfigValueFactory.fromIterable(List.of()).withOrigin(ConfigOriginFactory.newSimple("default")));

    private Rungs() {}

    /** The path in reference.conf that documents a path: of the reference for a rung's, else itself. */
    static List<String> documented(List<String> path) {
        int inside = SECTION.size() + 1;
        return path.size() >= inside && path.subList(0, SECTION.size()).equals(SECTION)
                ? Stream.concat(REFERENCE.stream(), path.subList(inside, path.size()).stream())
                        .toList()
                : path;
    }

    /** As {@link #documented(List)}, of a key. */
    static String documented(String key) {
        return ConfigUtil.joinPath(documented(ConfigUtil.splitPath(key)));
    }

    /** Whether a value is a rung, or one of a rung, that refers to other settings and is not resolved yet. */
    static boolean isUnresolved(List<String> path, ConfigValue value) {
        return !path.equals(documented(path)) && !value.atKey("value").isResolved();
    }

    /** The key of a rung's section. */
    static String key(String name) {
        return key(SECTION, name);
    }

    private static String key(List<String> section, String name) {
        List<String> path = new ArrayList<>(section);
        path.add(name);
        return ConfigUtil.joinPath(path);
    }

    /** The names of the rungs, in order. */
    static List<String> names(Config settings) {
        return rungs(settings).keySet().stream().sorted().toList();
    }

    /** The sections of all rungs. */
    static ConfigObject rungs(Config settings) {
        String section = ConfigUtil.joinPath(SECTION);
        return settings.hasPath(section) && settings.getValue(section).valueType() == ConfigValueType.OBJECT
                ? settings.getObject(section)
                : ConfigFactory.empty().root();
    }

    /** The settings with all keys of every rung. */
    static Config filled(Config settings) {
        Config filled = settings;
        for (String name : names(settings)) {
            ConfigValue rung = settings.getValue(key(name));
            filled = filled.withValue(
                    key(name),
                    rung.withFallback(OWN.root()).withFallback(settings.getValue(ConfigUtil.joinPath(REFERENCE))));
        }
        return filled;
    }

    /** The keys of all rungs, sections excluded. */
    static List<String> keys(Config settings) {
        return names(settings).stream()
                .flatMap(name -> settings.getConfig(key(name)).entrySet().stream()
                        .map(entry -> key(name) + "." + entry.getKey()))
                .sorted()
                .toList();
    }
}
