package org.evonorm.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.evonorm.evolution.Objective;
import org.evonorm.graph.NearestName;
import org.evonorm.network.AnchorNetworks;
import org.evonorm.network.NetworkRecipe;
import org.evonorm.network.NetworkScale;
import org.evonorm.text.Quotation;
import org.evonorm.training.LocalSgd;
import org.evonorm.training.RateDecay;
import org.evonorm.training.TrainingSettings;

/**
 * Reader of typed settings. A value of the wrong type or out of range is refused with its key, its place and the values
 * that are allowed.
 */
final class SettingsReader {

    /** The longest time, which clocks in nanoseconds can still count. */
    private static final Duration LONGEST = Duration.ofDays(3653);
    /** The largest number of trainings per layer and network, each of which is a task and a row. */
    private static final int MOST_SEEDS = 1_000;

    private final Config config;
    /** Networks from files, which several sections may refer to, by their keys; a file is read once. */
    private final Map<String, NetworkRecipe> files = new HashMap<>();

    SettingsReader(Config config) {
        this.config = config;
    }

    /** A whole number of at least {@code least}. */
    int whole(String key, int least) {
        return read(
                        key,
                        "a whole number of at least " + least,
                        this::exactLong,
                        value -> value >= least && value <= Integer.MAX_VALUE)
                .intValue();
    }

    /** A whole number from {@code least} to {@code most}. */
    int whole(String key, int least, int most) {
        return read(
                        key,
                        "a whole number from " + least + " to " + most,
                        this::exactLong,
                        value -> value >= least && value <= most)
                .intValue();
    }

    /** A list of whole numbers of at least 1 that rise strictly; it may be empty. */
    List<Integer> rising(String key) {
        return wholes(key, "a list of rising whole numbers of at least 1, as in [150, 500]", values -> {
            double before = 0;
            for (double value : values) {
                if (value <= before || value != (int) value) {
                    return false;
                }
                before = value;
            }
            return true;
        });
    }

    /** The number of trainings per layer and network, from other seeds each. */
    int seeds(String key) {
        return whole(key, 1, MOST_SEEDS);
    }

    /** A whole number of 64 bits. */
    long seed(String key) {
        return read(key, "a whole number", this::exactLong, value -> true);
    }

    /** A number above 0. */
    double positive(String key) {
        return read(key, "a number above 0", config::getDouble, value -> value > 0 && Double.isFinite(value));
    }

    /** A number of at least 0. */
    double zeroOrMore(String key) {
        return read(key, "a number of at least 0", config::getDouble, value -> value >= 0 && Double.isFinite(value));
    }

    /** A duration of at least 0, as 6h or 90m. */
    Duration duration(String key) {
        return read(
                key,
                "a time of at most ten years, as in 90m or 6h, or 0s",
                config::getDuration,
                value -> !value.isNegative() && value.compareTo(LONGEST) <= 0);
    }

    /** A duration above 0, as 6h or 90m. */
    Duration positiveDuration(String key) {
        return read(
                key,
                "a time above 0 and of at most ten years, as in 90m or 6h",
                config::getDuration,
                value -> !value.isNegative() && !value.isZero() && value.compareTo(LONGEST) <= 0);
    }

    /** A number of float32. */
    double single(String key) {
        return read(key, "a number of float32", config::getDouble, value -> Math.abs(value) <= Float.MAX_VALUE);
    }

    /** A number from 0 to 1. */
    double zeroToOne(String key) {
        return read(key, "a number from 0 to 1", config::getDouble, value -> value >= 0 && value <= 1);
    }

    /** A number of at least 0 and below 1. */
    double belowOne(String key) {
        return read(key, "a number of at least 0 and below 1", config::getDouble, value -> value >= 0 && value < 1);
    }

    /** A number above 0 and at most 1. */
    double share(String key) {
        return read(key, "a number above 0 and at most 1", config::getDouble, value -> value > 0 && value <= 1);
    }

    /** {@code on} or {@code off}, or another of HOCON's words for true and false. */
    boolean flag(String key) {
        return read(key, "on or off", config::getBoolean, value -> true);
    }

    /** A text, which may be empty. */
    String text(String key) {
        return read(key, "text", config::getString, value -> true);
    }

    /** A list of texts. */
    List<String> texts(String key) {
        return read(key, "a list of texts, as in [a, b]", config::getStringList, value -> true);
    }

    /** A list of whole numbers from {@code least} to {@code most}. */
    List<Integer> wholes(String key, int least, int most) {
        return wholes(
                key,
                "a list of whole numbers from " + least + " to " + most + ", as in [1, 2]",
                values -> values.stream().allMatch(value -> value >= least && value <= most && value % 1 == 0));
    }

    private List<Integer> wholes(String key, String expected, Predicate<List<Double>> valid) {
        return read(key, expected, config::getDoubleList, valid).stream()
                .map(Double::intValue)
                .toList();
    }

    /** The names of the rungs of a calibration, in order. */
    List<String> rungs() {
        return Rungs.names(config);
    }

    /** Names of networks, in any case: at least one, and no name twice. */
    List<String> networks(String key) {
        return networks(key, texts(key));
    }

    /** The name of one network. */
    String network(String key) {
        return networks(key, List.of(text(key))).get(0);
    }

    private List<String> networks(String key, List<String> names) {
        List<String> known = Stream.concat(
                        AnchorNetworks.names().stream(), NetworkFiles.names(config, NetworkFiles.SEARCH).stream())
                .toList();
        List<String> networks = differentNames(key, names, known);
        if (networks.isEmpty()) {
            throw refusal(key, "at least one of " + String.join(", ", known));
        }
        return networks;
    }

    /** Known names, in any case, as they are known; none of them twice. */
    private List<String> differentNames(String key, List<String> names, List<String> known) {
        List<String> different = new ArrayList<>();
        for (String text : names) {
            String name = text.toLowerCase(Locale.ROOT);
            if (!known.contains(name) || different.contains(name)) {
                throw refusal(
                        key,
                        "a list of different names among " + String.join(", ", known),
                        known.contains(name) ? "" : NearestName.question(text, known));
            }
            different.add(name);
        }
        return List.copyOf(different);
    }

    /** Objectives of a search, in any case: accuracy, and others, none of them twice. */
    List<Objective> objectives(String key) {
        List<Objective> objectives = differentNames(key, texts(key), Objective.names()).stream()
                .map(name -> Objective.named(name).orElseThrow())
                .toList();
        if (!objectives.contains(Objective.ACCURACY)) {
            throw refusal(key, "a list with accuracy, without which the cheapest layer would be the only best one");
        }
        return objectives;
    }

    /** A constant of an enum, by its name in any case. */
    <T extends Enum<T>> T choice(String key, Class<T> type) {
        Map<String, T> choices = new TreeMap<>();
        for (T constant : type.getEnumConstants()) {
            choices.put(constant.name().toLowerCase(Locale.ROOT), constant);
        }
        String kind = "one of " + String.join(", ", choices.keySet());
        String text = read(key, kind, config::getString, value -> true);
        T choice = choices.get(text.toLowerCase(Locale.ROOT));
        if (choice == null) {
            throw refusal(key, kind, NearestName.question(text, choices.keySet()));
        }
        return choice;
    }

    /**
     * The recipes of all networks: of the anchor networks at the scales of a section, and of the networks from files,
     * where the section has none of a name those of the search.
     */
    Map<String, NetworkRecipe> recipes(String section) {
        Map<String, NetworkRecipe> recipes = new LinkedHashMap<>();
        for (String name : AnchorNetworks.names()) {
            recipes.put(name, new NetworkRecipe.Anchor(name, scale(section + "." + name)));
        }
        for (String of : List.of(NetworkFiles.SEARCH, section)) {
            for (String name : NetworkFiles.names(config, of)) {
                recipes.put(name, files.computeIfAbsent(of + "." + name, key -> NetworkFiles.recipe(this, of, name)));
            }
        }
        return Map.copyOf(recipes);
    }

    private NetworkScale scale(String key) {
        double width = positive(key + ".width");
        double depth = positive(key + ".depth");
        try {
            return new NetworkScale(width, depth, choice(key + ".variant", NetworkScale.Variant.class));
        } catch (SettingsException e) {
            throw e;
        } catch (IllegalArgumentException e) {
            throw new SettingsException(key + ": " + e.getMessage() + where(key + ".width"), e);
        }
    }

    /** The training settings of a section. */
    TrainingSettings training(String section) {
        TrainingSettings plain =
                plainTraining(section, whole(section + ".steps", 1), whole(section + ".score-every", 0));
        return plain.with(new LocalSgd(whole(section + ".partitions", 1), whole(section + ".local-steps", 1)));
    }

    /**
     * The settings of a plain training, from a section without steps between scores and without partitions.
     *
     * @param steps      optimizer steps
     * @param scoreEvery steps between two points of the learning curve; 0 for one point at the end
     */
    TrainingSettings plainTraining(String section, int steps, int scoreEvery) {
        return new TrainingSettings(
                steps,
                whole(section + ".batch-size", 1),
                whole(section + ".crop-size", 1),
                positive(section + ".learning-rate"),
                choice(section + ".decay", RateDecay.class),
                whole(section + ".warmup-steps", 0),
                belowOne(section + ".momentum"),
                belowOne(section + ".weight-decay"),
                scoreEvery);
    }

    /**
     * An exception for the value at {@code key}.
     *
     * @param must the allowed values, to follow "must be"
     */
    SettingsException refusal(String key, String must) {
        return refusal(key, must, "");
    }

    private SettingsException refusal(String key, String must, String mend) {
        return new SettingsException(key + " must be " + must + ", not " + shown(key) + where(key) + mend);
    }

    /** The place where {@code key} was set, in parentheses after a space, for messages. */
    String where(String key) {
        return SettingsSource.place(value(key).origin());
    }

    private <T> T read(String key, String kind, Function<String, T> reader, Predicate<T> allowed) {
        T value;
        try {
            value = reader.apply(key);
        } catch (ConfigException e) {
            throw refusal(key, kind);
        }
        if (value == null || !allowed.test(value)) {
            throw refusal(key, kind);
        }
        return value;
    }

    private long exactLong(String key) {
        long value = config.getLong(key);
        // The library's getLong truncates 2.5 to 2.
        if (config.getDouble(key) != value) {
            throw new ConfigException.WrongType(value(key).origin(), "not whole");
        }
        return value;
    }

    private String shown(String key) {
        return Quotation.shown(value(key).render(ConfigRenderOptions.concise()));
    }

    /** The value at {@code key}, also if it is null, which {@code Config.getValue} refuses. */
    private ConfigValue value(String key) {
        ConfigValue value = config.root();
        for (String part : ConfigUtil.splitPath(key)) {
            value = ((ConfigObject) value).get(part);
        }
        return value;
    }
}
