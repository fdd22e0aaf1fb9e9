package org.evonorm.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.evonorm.store.RunFolder;
import org.evonorm.store.RunLease;

/**
 * The {@code run.conf} of a calibration's folder: the settings that the calibration was started with, as of a run, and
 * the layers that were drawn from a run then. That run may go on, and the calibration keeps its layers.
 */
public final class CalibrationConf {

    private CalibrationConf() {}

    /**
     * A calibration that was started or goes on.
     *
     * @param sampled formulas of the layers of a run
     * @param notes   a sentence for each difference of program or machine under which it goes on
     */
    public record Entered(List<String> sampled, List<String> notes) {}

    /**
     * Starts a calibration in the folder, or continues the one of the folder. Layers, rungs and the reference may
     * differ from the start; images, seed, engine and sample may not, since all trainings in the table are compared.
     *
     * @param imagesChecksum checksum of the images
     * @param otherVersion   whether another version of the program may go on
     * @param sample         draws the formulas of the layers of a run; called at the start alone
     * @throws SettingsException if the folder has a search's run, or was started with other settings, images or another
     *                           version; the message names both values
     */
    public static Entered enter(
            RunFolder folder,
            RunLease lease,
            Settings settings,
            String imagesChecksum,
            boolean otherVersion,
            Supplier<List<String>> sample) {
        Provenance now = Provenance.now(settings.engine());
        if (!folder.isStarted()) {
            List<String> sampled = sample.get();
            folder.start(RunConf.text(settings, now, imagesChecksum, Map.of(RunConf.SAMPLED, sampled)), lease);
            return new Entered(sampled, List.of());
        }
        Config started = require(folder, settings, otherVersion);
        if (!started.getString(RunConf.IMAGES).equals(imagesChecksum)) {
            throw new SettingsException("the calibration in " + folder
                    + " was started on other images; put those back, or use another folder");
        }
        return new Entered(
                started.getStringList(RunConf.SAMPLED),
                RunConf.provenance(started).notes(now));
    }

    /**
     * Refuses a calibration that {@link #enter} would refuse for its settings or its version, before images are read.
     *
     * @throws SettingsException as {@link #enter}
     */
    public static void check(RunFolder folder, Settings settings, boolean otherVersion) {
        if (folder.isStarted()) {
            require(folder, settings, otherVersion);
        }
    }

    private static Config require(RunFolder folder, Settings settings, boolean otherVersion) {
        Config started = RunConf.parse(folder);
        if (!started.hasPath(RunConf.SAMPLED)) {
            throw new SettingsException("the folder " + folder
                    + " holds a search's run and no calibration; name another" + " folder with --output");
        }
        RunConf.requireProgram(folder, RunConf.provenance(started), Provenance.now(settings.engine()), otherVersion);
        Map<String, ConfigValue> then = RunConf.leaves(started);
        List<String> differences = new ArrayList<>();
        RunConf.leaves(settings.resolved()).forEach((key, value) -> {
            if (isFixed(key) && then.containsKey(key) && !then.get(key).equals(value)) {
                differences.add(key + " = " + RunConf.shown(then.get(key)) + ", now " + RunConf.shown(value));
            }
        });
        if (!differences.isEmpty()) {
            throw new SettingsException("the calibration in " + folder + " was started with other settings ("
                    + String.join("; ", differences) + "); use those again, or another folder");
        }
        return started;
    }

    private static boolean isFixed(String key) {
        return (key.startsWith("data.") && !key.equals("data.path"))
                || List.of("search.seed", "engine.name", "engine.threads").contains(key)
                || List.of("calibration.sample.layers", "calibration.sample.candidates")
                        .contains(key);
    }
}
