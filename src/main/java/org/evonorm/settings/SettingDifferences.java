package org.evonorm.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.evonorm.store.RunFolder;

/**
 * The settings in which several runs differ, for a comparison of their results. Runs whose accuracies say different
 * things are refused here: other networks, or other images.
 *
 * @param differences by key, in the order of the keys
 */
public record SettingDifferences(List<Difference> differences) {

    private static final String NETWORKS = "search.networks";
    /** Keys that say where things are, or what other commands do. */
    private static final Set<String> OTHERS = Set.of("search.run", "data.path");

    private static final List<String> OTHER_COMMANDS = List.of("rerank.", "calibration.", "engine.gpu.");
    /** Sections that decide the meaning of an accuracy. */
    private static final List<String> OF_TRAINING = List.of("training.", "networks.", "data.");

    /**
     * A setting in which runs differ.
     *
     * @param values its value in each run, in the order of the runs; empty where the run has none
     */
    public record Difference(String key, List<String> values) {

        public Difference {
            values = List.copyOf(values);
        }

        /** Whether the setting decides how layers are trained and scored. */
        boolean isOfTraining() {
            return OF_TRAINING.stream().anyMatch(key::startsWith);
        }
    }

    public SettingDifferences {
        differences = List.copyOf(differences);
    }

    /**
     * The differences between runs.
     *
     * @throws SettingsException if the runs have other networks or images, or a folder has a calibration
     * @throws org.evonorm.store.StoreException if a folder has no run
     */
    public static SettingDifferences of(List<RunFolder> runs) {
        List<Config> started = runs.stream().map(RunConf::ofSearch).toList();
        for (int i = 1; i < runs.size(); i++) {
            requireComparable(runs.get(0), started.get(0), runs.get(i), started.get(i));
        }
        return new SettingDifferences(between(started));
    }

    private static List<Difference> between(List<Config> started) {
        List<Map<String, ConfigValue>> leaves = started.stream()
                .map(conf ->
                        RunConf.leaves(conf.withoutPath(RunConf.STARTED_WITH).withFallback(SettingsSource.reference())))
                .toList();
        Set<String> keys = leaves.stream()
                .flatMap(values -> values.keySet().stream())
                .filter(SettingDifferences::counts)
                .collect(Collectors.toCollection(TreeSet::new));
        List<Difference> differences = new ArrayList<>();
        for (String key : keys) {
            List<String> values = leaves.stream()
                    .map(all -> Optional.ofNullable(all.get(key))
                            .map(RunConf::shown)
                            .orElse(""))
                    .toList();
            if (values.stream().distinct().count() > 1) {
                differences.add(new Difference(key, values));
            }
        }
        return differences;
    }

    private static void requireComparable(RunFolder first, Config one, RunFolder second, Config other) {
        String runs = "the runs in " + first + " and " + second + " cannot be compared: ";
        List<String> networks = one.getStringList(NETWORKS);
        List<String> others = other.getStringList(NETWORKS);
        if (!networks.equals(others)) {
            throw new SettingsException(runs + "the first judges layers in " + String.join(", ", networks)
                    + " and the second in " + String.join(", ", others) + "; name runs with the same search.networks");
        }
        if (one.hasPath(RunConf.IMAGES)
                && other.hasPath(RunConf.IMAGES)
                && !one.getString(RunConf.IMAGES).equals(other.getString(RunConf.IMAGES))) {
            String settings = between(List.of(one, other)).stream()
                    .map(Difference::key)
                    .filter(key -> key.startsWith("data."))
                    .collect(Collectors.joining(", "));
            throw new SettingsException(runs + "they have other images ("
                    + (settings.isEmpty() ? "by the same settings, so that files have changed" : "by " + settings)
                    + "), on which accuracies say different things; name runs on the same images");
        }
    }

    private static boolean counts(String key) {
        return !OTHERS.contains(key)
                && !NetworkFiles.isLocation(key)
                && OTHER_COMMANDS.stream().noneMatch(key::startsWith);
    }

    /** Whether layers were trained or scored in other ways, so that accuracies differ for this reason too. */
    public boolean isOfTraining() {
        return differences.stream().anyMatch(Difference::isOfTraining);
    }
}
