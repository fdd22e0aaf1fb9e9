package org.evonorm.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.evonorm.store.RunFolder;
import org.evonorm.store.RunLease;

/**
 * Reader and writer of a run's {@code run.conf}: all settings that the run was started with, and under {@code
 * started-with} the {@link Provenance} and the checksum of the images. It decides whether a run may go on under other
 * settings.
 */
public final class RunConf {

    /** Keys that may differ when a run goes on: none of them changes the content of a generation. */
    private static final Set<String> CHANGEABLE = Set.of(
            "search.run",
            "search.generations",
            "search.max-duration",
            "search.trial-max-duration",
            "data.path",
            "engine.gpu.amount-per-training",
            "engine.gpu.amount-per-executor",
            "engine.gpu.discovery-script");
    /**
     * Prefixes of keys that may differ too: a rerank only reads the generations, and a calibration has another folder.
     */
    private static final List<String> OTHER_COMMANDS = List.of("rerank.", "calibration.");

    private static final String ENGINE = "engine.";
    /** Sections that every version has written, whole. */
    private static final List<String> SECTIONS = List.of("search", "networks", "data", "training", "rejection");

    static final String STARTED_WITH = "started-with";
    private static final String CHANGES = STARTED_WITH + ".changes-since";
    static final String IMAGES = STARTED_WITH + ".images-crc32";
    /** The layers that a calibration drew from a run; no search has this key. */
    static final String SAMPLED = STARTED_WITH + ".sampled-layers";

    private static final String OR_ELSE = ", or use another folder, or --accept-changed-settings to go on with these";
    private static final String OTHER_IMAGES = "other images";
    private static final ConfigRenderOptions PLAIN = ConfigRenderOptions.defaults()
            .setOriginComments(false)
            .setComments(false)
            .setJson(false);

    private RunConf() {}

    /**
     * Starts a run in the folder, or continues the run of the folder under its settings.
     *
     * @param lease          lease on the folder
     * @param imagesChecksum checksum of the images, as {@code run.conf} records it
     * @param accepted       differences that are accepted; {@code run.conf} is then rewritten, and records each one
     *                       with its generation
     * @return a sentence for each difference of program or machine under which the run goes on all the same
     * @throws SettingsException if the version of the program, settings that must not differ, or the images differ, and
     *                           this is not accepted; the message names both values
     */
    public static List<String> enter(
            RunFolder folder, RunLease lease, Settings settings, String imagesChecksum, Accepted accepted) {
        Provenance now = Provenance.now(settings.engine());
        if (!folder.isStarted()) {
            folder.start(text(settings, now, imagesChecksum, List.of()), lease);
            return List.of();
        }
        Config started = ofSearch(folder);
        Provenance then = provenance(started);
        boolean otherProgram = requireProgram(folder, then, now, accepted.otherVersion());
        List<String> differences = differences(started, settings);
        boolean sameImages =
                !started.hasPath(IMAGES) || started.getString(IMAGES).equals(imagesChecksum);
        boolean sameSettings = differences.isEmpty() && sameImages;
        if (!sameSettings && !accepted.changedSettings()) {
            throw refusal(folder, settings, differences, OR_ELSE);
        }
        if (!sameSettings || otherProgram) {
            List<String> changes = new ArrayList<>(changes(started));
            String from = "from generation " + folder.committedGenerations() + ": ";
            if (otherProgram) {
                changes.add(from + "evonorm " + then.program() + ", now " + now.program());
            }
            differences.forEach(difference -> changes.add(from + difference));
            if (!sameImages) {
                changes.add(from + OTHER_IMAGES);
            }
            // The journal has results under the old settings, for a generation that is not committed.
            folder.clearJournal(Integer.MAX_VALUE);
            folder.restart(text(settings, now, imagesChecksum, changes), lease);
        }
        return then.notes(now);
    }

    /**
     * Refuses a search that {@link #enter} would refuse for its settings or its version, before images are read.
     *
     * @throws SettingsException as {@link #enter}
     */
    public static void check(RunFolder folder, Settings settings, Accepted accepted) {
        if (!folder.isStarted()) {
            return;
        }
        Config started = ofSearch(folder);
        requireProgram(folder, provenance(started), Provenance.now(settings.engine()), accepted.otherVersion());
        List<String> differences = differences(started, settings);
        if (!differences.isEmpty() && !accepted.changedSettings()) {
            throw refusal(folder, settings, differences, OR_ELSE);
        }
    }

    /** The {@code run.conf} of a search's run. */
    static Config ofSearch(RunFolder folder) {
        Config started = parse(folder);
        if (started.hasPath(SAMPLED)) {
            throw new SettingsException(
                    "the folder " + folder + " holds a calibration and no run; name another folder");
        }
        return started;
    }

    static Provenance provenance(Config started) {
        return Provenance.of(started.hasPath(STARTED_WITH) ? started.getConfig(STARTED_WITH) : ConfigFactory.empty());
    }

    /** Refuses another version of the program unless it is accepted; returns whether it is another one. */
    static boolean requireProgram(RunFolder folder, Provenance then, Provenance now, boolean accepted) {
        boolean other = then.hasOtherProgram(now);
        if (other && !accepted) {
            throw new SettingsException("the run in " + folder + " was made by evonorm " + then.program()
                    + ", and this is evonorm " + now.program() + ", whose candidates and accuracies may differ from it;"
                    + " use evonorm " + then.program() + " again, or another folder, or --other-version to go on"
                    + " with this version");
        }
        return other;
    }

    /**
     * Refuses a rerank whose settings differ from the run's; the engine may differ, since a rerank chooses its own.
     * Also refuses images that some of the run's layers may have been trained on because the run changed its images.
     *
     * @param imagesChecksum checksum of the images
     * @param accepted       differences that are accepted, of which the version of the program counts
     * @return a sentence for each difference of program or machine under which the rerank goes on all the same
     * @throws SettingsException with each key that differs, or with the change of images or of the program
     */
    public static List<String> requireSame(
            RunFolder folder, Settings settings, String imagesChecksum, Accepted accepted) {
        Config started = parse(folder);
        Provenance then = provenance(started);
        Provenance now = Provenance.now(settings.engine());
        requireProgram(folder, then, now, accepted.otherVersion());
        List<String> differences = differences(started, settings);
        differences.removeIf(difference -> difference.startsWith(ENGINE));
        if (!differences.isEmpty()
                || (started.hasPath(IMAGES) && !started.getString(IMAGES).equals(imagesChecksum))) {
            throw refusal(folder, settings, differences, "");
        }
        changes(started).stream()
                .filter(change -> change.contains(": data.") || change.endsWith(OTHER_IMAGES))
                .findFirst()
                .ifPresent(change -> {
                    throw new SettingsException("the run in " + folder + " changed its images (" + change
                            + "), so that none are known to be new to all its layers; search in another folder");
                });
        return then.notes(now);
    }

    private static List<String> changes(Config started) {
        return started.hasPath(CHANGES) ? started.getStringList(CHANGES) : List.of();
    }

    private static SettingsException refusal(
            RunFolder folder, Settings settings, List<String> differences, String orElse) {
        return new SettingsException("the run in " + folder
                + (differences.isEmpty()
                        ? " was started on other images than " + imagesOf(settings) + " holds now; put those back"
                        : " was started with other settings (" + String.join("; ", differences) + "); use those again")
                + orElse);
    }

    private static String text(Settings settings, Provenance provenance, String imagesChecksum, List<String> changes) {
        return text(settings, provenance, imagesChecksum, changes.isEmpty() ? Map.of() : Map.of(CHANGES, changes));
    }

    /** The text of a {@code run.conf}, with lists of texts by their keys. */
    static String text(
            Settings settings, Provenance provenance, String imagesChecksum, Map<String, List<String>> lists) {
        Config conf = NetworkFiles.located(settings.resolved());
        for (Map.Entry<String, String> fact : provenance.facts().entrySet()) {
            conf = with(conf, STARTED_WITH + "." + fact.getKey(), fact.getValue());
        }
        conf = with(conf, IMAGES, imagesChecksum);
        for (Map.Entry<String, List<String>> list : lists.entrySet()) {
            conf = with(conf, list.getKey(), list.getValue());
        }
        return conf.root().render(PLAIN);
    }

    private static Config with(Config conf, String key, Object value) {
        return conf.withValue(key, ConfigValueFactory.fromAnyRef(value));
    }

    private static List<String> differences(Config started, Settings settings) {
        List<String> differences = new ArrayList<>();
        Map<String, ConfigValue> now = leaves(settings.resolved());
        leaves(started.withoutPath(STARTED_WITH).withFallback(SettingsSource.reference()))
                .forEach((key, value) -> {
                    ConfigValue other = now.get(key);
                    if (!mayChange(key) && !value.equals(other)) {
                        differences.add(
                                key + " = " + shown(value) + ", now " + (other == null ? "unknown" : shown(other)));
                    }
                });
        return differences;
    }

    private static boolean mayChange(String key) {
        return CHANGEABLE.contains(key)
                || NetworkFiles.isLocation(key)
                || OTHER_COMMANDS.stream().anyMatch(key::startsWith);
    }

    /**
     * The settings of a run, changed by a settings file and by overrides as in {@link Settings#load}.
     *
     * @throws org.evonorm.store.StoreException if the folder has no run
     * @throws SettingsException if {@code run.conf} is damaged, a key is unknown, or a value is not allowed
     */
    public static Settings settings(RunFolder folder, Optional<Path> file, List<String> overrides) {
        return Settings.of(new SettingsSource().resolve(settings(folder), file, overrides));
    }

    /**
     * The settings that a run was started with, as HOCON without {@code started-with}.
     *
     * @throws org.evonorm.store.StoreException if the folder has no run
     * @throws SettingsException if {@code run.conf} is damaged
     */
    public static Config settings(RunFolder folder) {
        return parse(folder).withoutPath(STARTED_WITH);
    }

    /**
     * What a run was started with besides its settings: versions, engine, processor, checksum of the images.
     *
     * @throws org.evonorm.store.StoreException if the folder has no run
     * @throws SettingsException if {@code run.conf} is damaged
     */
    public static SortedMap<String, String> startedWith(RunFolder folder) {
        SortedMap<String, String> facts = new TreeMap<>();
        Config conf = parse(folder);
        if (conf.hasPath(STARTED_WITH)) {
            conf.getConfig(STARTED_WITH)
                    .root()
                    .forEach((name, value) -> facts.put(name, String.valueOf(value.unwrapped())));
        }
        return facts;
    }

    private static String imagesOf(Settings settings) {
        return settings.data().path().isEmpty()
                ? "the synthetic set"
                : settings.data().path();
    }

    static Config parse(RunFolder folder) {
        try {
            Config conf = RenamedKeys.translated(HoconGuard.parse(
                    folder.settings(),
                    folder + "/run.conf",
                    Includes.none().setOriginDescription(folder + "/run.conf")));
            // The defaults would take the place of what is lost.
            for (String section : SECTIONS) {
                if (!conf.hasPath(section)) {
                    throw new SettingsException(folder + "/run.conf is damaged (it lacks the section " + section
                            + "); restore it, or use another folder");
                }
            }
            return conf;
        } catch (ConfigException e) {
            throw new SettingsException(
                    folder + "/run.conf is damaged (" + HoconGuard.problem(e) + "); restore it, or use another folder",
                    e);
        }
    }

    static Map<String, ConfigValue> leaves(Config config) {
        Map<String, ConfigValue> leaves = new TreeMap<>();
        config.entrySet().forEach(entry -> leaves.put(entry.getKey(), entry.getValue()));
        return leaves;
    }

    static String shown(ConfigValue value) {
        return value.render(ConfigRenderOptions.concise());
    }
}
