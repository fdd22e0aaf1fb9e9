package org.evonorm.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigOriginFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;
import org.evonorm.graph.NearestName;
import org.evonorm.text.ListText;
import org.evonorm.text.Quotation;

/**
 * The sources of settings, merged. Later sources override earlier ones: {@code reference.conf}, which has every key;
 * the settings that a run was started with, if a run is worked on; a settings file; overrides {@code key=value}. System
 * properties and environment variables are not read.
 */
final class SettingsSource {

    private static final String REFERENCE = "/reference.conf";
    private static final String DEFAULTS = "reference.conf";
    private static final ConfigResolveOptions WITHIN_FILES = ConfigResolveOptions.noSystem();

    private final Config reference = reference();

    /** The defaults: every key of reference.conf, with references resolved. */
    static Config reference() {
        return unresolvedReference().resolve(WITHIN_FILES);
    }

    /** The defaults with references to other settings unresolved, so that they see overridden values. */
    static Config unresolvedReference() {
        try (Reader reader =
                new InputStreamReader(SettingsSource.class.getResourceAsStream(REFERENCE), StandardCharsets.UTF_8)) {
            return ConfigFactory.parseReader(
                    reader, ConfigParseOptions.defaults().setOriginDescription(DEFAULTS));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Merges and resolves all sources. Keys of the file and of the overrides are checked; types are checked by
     * {@link SettingsReader}.
     *
     * @param base settings that take the place of defaults, and whose keys are not checked; may be empty
     * @throws SettingsException if the file cannot be read or is not HOCON, a key is unknown, or a reference is not
     * resolved
     */
    Config resolve(Config base, Optional<Path> file, List<String> overrides) {
        Config settings = file.map(this::parse).orElse(ConfigFactory.empty());
        for (String override : overrides) {
            settings = parseOverride(override).withFallback(settings);
        }
        settings = settings.withFallback(base).withFallback(unresolvedReference());
        try {
            Config resolved = HoconGuard.resolve(settings, WITHIN_FILES);
            // Rungs may refer to each other, so that their keys are known only now.
            requireKnown(Rungs.SECTION, Rungs.rungs(resolved));
            return withLists(NetworkFiles.filled(Rungs.filled(resolved)));
        } catch (ConfigException e) {
            throw new SettingsException("the settings refer to one that does not exist: " + HoconGuard.problem(e), e);
        }
    }

    private Config parse(Path file) {
        if (!Files.isReadable(file) || Files.isDirectory(file)) {
            throw new SettingsException(
                    "there is no settings file " + Quotation.shown(file.toString()) + " that can be read");
        }
        HoconGuard.require(file);
        Config settings;
        try {
            settings = HoconGuard.unlessTooDeep(
                    Quotation.shown(file.toString()), () -> ConfigFactory.parseFile(file.toFile(), Includes.ofFiles()));
        } catch (ConfigException e) {
            throw new SettingsException("the settings file is not HOCON: " + HoconGuard.problem(e), e);
        }
        requireKnown(List.of(), settings.root());
        return settings;
    }

    private Config parseOverride(String override) {
        HoconGuard.require(override, "--set " + Quotation.shown(override));
        int equals = override.indexOf('=');
        if (equals < 1) {
            throw new SettingsException("\"" + Quotation.shown(override) + "\" must be of the form key=value,"
                    + " as in search.generations=3");
        }
        String key = override.substring(0, equals).strip();
        String value = override.substring(equals + 1).strip();
        String origin = "--set " + Quotation.shown(override);
        Config settings;
        try {
            settings = isOf(ConfigValueType.STRING, key)
                            || NetworkFiles.isText(key)
                            || (isOf(ConfigValueType.LIST, key) && isPlainList(value))
                    ? ConfigFactory.empty()
                            .withValue(
                                    key,
                                    ConfigValueFactory.fromAnyRef(unquoted(value))
                                            .withOrigin(ConfigOriginFactory.newSimple(origin)))
                    : HoconGuard.parse(
                            key + " = " + value, origin, Includes.none().setOriginDescription(origin));
        } catch (ConfigException e) {
            throw new SettingsException(
                    "\"" + Quotation.shown(override) + "\" is not HOCON: " + HoconGuard.problem(e), e);
        }
        requireKnown(List.of(), settings.root());
        return settings;
    }

    /**
     * Whether the default is of this type. Where it is a string, the value of an override is one too, and paths and
     * formulas need no quotes.
     */
    private boolean isOf(ConfigValueType type, String key) {
        String documented = Rungs.documented(key);
        return reference.hasPath(documented) && reference.getValue(documented).valueType() == type;
    }

    /** Whether the value of a list is written as on the command line, as names between commas. */
    private static boolean isPlainList(String value) {
        return !value.isEmpty() && "[{$".indexOf(value.charAt(0)) < 0;
    }

    /**
     * The settings, each of which must have a value, with a list for each text that stands where a list belongs, as
     * {@code a, b} for [a, b].
     */
    private Config withLists(Config settings) {
        Config lists = settings;
        List<String> all = Stream.concat(keys(List.of(), reference.root()).sorted(), Rungs.keys(settings).stream())
                .toList();
        for (String key : all) {
            if (!settings.hasPathOrNull(key)) {
                // A value in the place of a section hides the defaults of the section, even if a section follows.
                throw new SettingsException("the setting " + key
                        + " has no value, because a section around it is set to a value too; leave that value out");
            }
            if (isOf(ConfigValueType.LIST, key)
                    && !settings.getIsNull(key)
                    && settings.getValue(key).valueType() == ConfigValueType.STRING) {
                ConfigOrigin origin = settings.getValue(key).origin();
                lists = lists.withValue(
                        key,
                        ConfigValueFactory.fromAnyRef(ListText.items(settings.getString(key)))
                                .withOrigin(origin));
            }
        }
        return lists;
    }

    private static String unquoted(String value) {
        boolean quoted = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"");
        return quoted ? value.substring(1, value.length() - 1) : value;
    }

    private void requireKnown(List<String> parents, ConfigObject settings) {
        for (Map.Entry<String, ConfigValue> entry : settings.entrySet()) {
            List<String> path = new ArrayList<>(parents);
            path.add(entry.getKey());
            String key = ConfigUtil.joinPath(path);
            if (RenamedKeys.current(key).isPresent()) {
                throw new SettingsException(
                        "the setting " + key + place(entry.getValue().origin()) + " is called "
                                + RenamedKeys.current(key).get() + " since version 0.2.0; rename it");
            }
            if (NetworkFiles.isOne(path, entry.getValue())) {
                continue;
            }
            String documented = ConfigUtil.joinPath(Rungs.documented(path));
            if (!reference.hasPath(documented)) {
                throw new SettingsException("there is no setting " + Quotation.shown(key)
                        + place(entry.getValue().origin())
                        + NetworkFiles.mend(path, entry.getValue())
                                .or(() -> nearest(key).map(known -> "; did you mean " + known + "?"))
                                .orElse("; reference.conf lists them all"));
            }
            if (Rungs.isUnresolved(path, entry.getValue())) {
                continue;
            }
            boolean isSection = entry.getValue() instanceof ConfigObject;
            boolean shouldBeSection = reference.getValue(documented) instanceof ConfigObject;
            if (isSection && shouldBeSection) {
                requireKnown(path, (ConfigObject) entry.getValue());
            } else if (isSection || shouldBeSection) {
                throw new SettingsException(
                        Quotation.shown(key) + " is " + (shouldBeSection ? "a section" : "a value") + ", not "
                                + (isSection ? "a section" : "a value")
                                + place(entry.getValue().origin()));
            }
        }
    }

    /**
     * The known key or section with the smallest edit distance, by the whole key or by its last part; empty if the
     * distance is more than a quarter of the key's length, plus 1.
     */
    private Optional<String> nearest(String key) {
        if (key.length() > Quotation.MOST) {
            return Optional.empty();
        }
        ToIntFunction<String> distance = known ->
                Math.min(NearestName.changes(known, key), 1 + NearestName.changes(lastPart(known), lastPart(key)));
        return keys(List.of(), reference.root())
                .filter(known -> distance.applyAsInt(known) <= 1 + key.length() / 4)
                .min(Comparator.comparingInt(distance).thenComparing(Comparator.naturalOrder()));
    }

    private static Stream<String> keys(List<String> parents, ConfigObject section) {
        return section.entrySet().stream().flatMap(entry -> {
            List<String> path = new ArrayList<>(parents);
            path.add(entry.getKey());
            Stream<String> below = entry.getValue() instanceof ConfigObject inner ? keys(path, inner) : Stream.empty();
            return Stream.concat(Stream.of(ConfigUtil.joinPath(path)), below);
        });
    }

    private static String lastPart(String key) {
        return key.substring(key.lastIndexOf('.') + 1);
    }

    /** Whether a value comes from reference.conf. */
    static boolean isReference(ConfigOrigin origin) {
        return origin.filename() == null && origin.description().startsWith(DEFAULTS);
    }

    /** The place where a value was set, in parentheses after a space, for messages. */
    static String place(ConfigOrigin origin) {
        if (origin.filename() != null) {
            return " (" + origin.filename() + ", line " + origin.lineNumber() + ")";
        }
        // The library appends the line to every description; an override has one line alone.
        String described = origin.description();
        String line = ": " + origin.lineNumber();
        int end = described.length() - (described.endsWith(line) ? line.length() : 0);
        return " (" + described.substring(0, end) + ")";
    }
}
