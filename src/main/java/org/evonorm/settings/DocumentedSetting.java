package org.evonorm.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A setting as a user meets it: its key, its comment in reference.conf, its value, and the value's origin.
 *
 * @param key           key of the setting or of a section
 * @param documentation lines of the comment in reference.conf
 * @param value         value in HOCON, and its origin; empty for a section
 */
public record DocumentedSetting(String key, List<String> documentation, Optional<Value> value) {

    /** Sections whose settings mean what the search's mean. */
    private static final List<String> LIKE_SEARCH = List.of("rerank.", "calibration.reference.");

    /**
     * The value of a setting.
     *
     * @param text   value in HOCON
     * @param origin {@code default}, or the file and line or the override that sets it
     */
    public record Value(String text, String origin) {}

    /** The entries of reference.conf by key, sections included. */
    private record Reference(ConfigValue value, List<String> documentation, List<Integer> position) {}

    public DocumentedSetting {
        documentation = List.copyOf(documentation);
    }

    /**
     * All settings in the order of reference.conf, each after the sections that it stands in, changed by a settings
     * file and by overrides as in {@link Settings#load}, which checks the values.
     *
     * @throws SettingsException if a key is unknown; the message names key, place and mend
     */
    public static List<DocumentedSetting> all(Optional<Path> file, List<String> overrides) {
        Config resolved = new SettingsSource().resolve(ConfigFactory.empty(), file, overrides);
        Map<String, Reference> references = new TreeMap<>();
        collect(
                List.of(),
                List.of(),
                SettingsSource.reference().root(),
                SettingsSource.unresolvedReference().root(),
                references);
        Stream<DocumentedSetting> documented = references.entrySet().stream()
                .sorted(Comparator.comparing(
                        (Map.Entry<String, Reference> entry) -> entry.getValue().position,
                        DocumentedSetting::comparePositions))
                .map(entry -> of(entry.getKey(), references, resolved));
        // Rungs are the last section of all, and have the keys of the reference.
        Stream<String> named = Stream.concat(Rungs.keys(resolved).stream(), NetworkFiles.keys(resolved).stream());
        return Stream.concat(documented, named.map(key -> of(key, List.of(), resolved)))
                .toList();
    }

    private static DocumentedSetting of(String key, Map<String, Reference> references, Config resolved) {
        Reference reference = references.get(key);
        List<String> documentation =
                reference.documentation.isEmpty() ? ofSearch(key, references) : reference.documentation;
        if (reference.value instanceof ConfigObject) {
            return new DocumentedSetting(key, documentation, Optional.empty());
        }
        return of(key, documentation, resolved);
    }

    private static DocumentedSetting of(String key, List<String> documentation, Config resolved) {
        ConfigValue value = resolved.getValue(key);
        ConfigOrigin origin = value.origin();
        String place = SettingsSource.isReference(origin)
                ? "default"
                : SettingsSource.place(origin).strip().replaceAll("^\\((.*)\\)$", "$1");
        return new DocumentedSetting(
                key, documentation, Optional.of(new Value(value.render(ConfigRenderOptions.concise()), place)));
    }

    /** The documentation of the search's setting of the same name, for a section that has settings of its own. */
    private static List<String> ofSearch(String key, Map<String, Reference> references) {
        return LIKE_SEARCH.stream()
                .filter(key::startsWith)
                .flatMap(section -> Optional.ofNullable(references.get(key.substring(section.length()))).stream())
                .findFirst()
                .map(Reference::documentation)
                .orElse(List.of());
    }

    /**
     * Collects the entries of a section. A position is the line of each section around an entry and then its own.
     *
     * @param written the section as it is written: a reference to another setting has its own comment and line there,
     *                and what it refers to has others
     */
    private static void collect(
            List<String> path,
            List<Integer> position,
            ConfigObject section,
            ConfigObject written,
            Map<String, Reference> references) {
        section.forEach((name, value) -> {
            ConfigOrigin origin = written.getOrDefault(name, value).origin();
            List<String> inner = new ArrayList<>(path);
            inner.add(name);
            List<Integer> place = new ArrayList<>(position);
            place.add(origin.lineNumber());
            List<String> documentation =
                    origin.comments().stream().map(String::strip).toList();
            references.put(ConfigUtil.joinPath(inner), new Reference(value, documentation, List.copyOf(place)));
            if (value instanceof ConfigObject below) {
                collect(inner, place, below, written.get(name) instanceof ConfigObject same ? same : below, references);
            }
        });
    }

    private static int comparePositions(List<Integer> one, List<Integer> other) {
        for (int i = 0; i < Math.min(one.size(), other.size()); i++) {
            int order = Integer.compare(one.get(i), other.get(i));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(one.size(), other.size());
    }
}
