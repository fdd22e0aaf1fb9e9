package org.evonorm.settings;

import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.evonorm.store.RunFolder;
import org.evonorm.text.Quotation;

/**
 * The section {@code calibration} of the settings.
 *
 * @param folder      path or URI of the calibration's folder
 * @param layers      layers that are trained, in order
 * @param sample      layers of a run that are trained too
 * @param maxDuration time after which a calibration stops; zero for no limit
 * @param reference   settings whose ranking counts
 * @param rungs       proxy settings that are compared with the reference, in the order of their names
 */
public record CalibrationSettings(
        String folder,
        List<Baseline> layers,
        Sample sample,
        Duration maxDuration,
        ProxySettings reference,
        List<ProxySettings> rungs) {

    /**
     * Layers of a run.
     *
     * @param run        path or URI of the run's folder; empty for no run
     * @param layers     number of trained layers to draw
     * @param candidates ids of further layers, or their first digits
     */
    public record Sample(String run, int layers, List<String> candidates) {}

    /**
     * The largest number of layers of a sample: the bootstrap compares every layer with every other, a thousand times.
     */
    private static final int MOST_LAYERS = 500;

    private static final String CHOSEN = "calibration.chosen-rungs";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,39}");

    static CalibrationSettings read(SettingsReader reader) {
        String folder = reader.text("calibration.folder");
        if (folder.isBlank()) {
            throw reader.refusal("calibration.folder", "the location of a folder");
        }
        return new CalibrationSettings(
                folder,
                SearchSettings.baselines(reader, "calibration.layers"),
                sample(reader),
                reader.duration("calibration.max-duration"),
                ProxySettings.read(reader, "reference", "calibration.reference"),
                chosenRungs(reader).stream()
                        .map(name -> ProxySettings.read(reader, requireName(reader, name), Rungs.key(name)))
                        .toList());
    }

    private static List<String> chosenRungs(SettingsReader reader) {
        List<String> all = reader.rungs();
        List<String> chosen = reader.texts(CHOSEN);
        if (!all.containsAll(chosen)) {
            throw reader.refusal(
                    CHOSEN,
                    all.isEmpty()
                            ? "[] while calibration.rungs has no rung"
                            : "a list of names of rungs, which are " + String.join(", ", all));
        }
        return chosen.isEmpty() ? all : all.stream().filter(chosen::contains).toList();
    }

    private static Sample sample(SettingsReader reader) {
        Sample sample = new Sample(
                reader.text("calibration.sample.run"),
                reader.whole("calibration.sample.layers", 0, MOST_LAYERS),
                reader.texts("calibration.sample.candidates"));
        if (sample.run.isBlank() && (sample.layers > 0 || !sample.candidates.isEmpty())) {
            throw reader.refusal(
                    "calibration.sample.run",
                    "the folder of a run where calibration.sample.layers or calibration.sample.candidates ask for its"
                            + " layers");
        }
        return sample;
    }

    private static String requireName(SettingsReader reader, String name) {
        if (!NAME.matcher(name).matches()) {
            throw new SettingsException("the name of a rung must be at most 40 letters, digits, dots, dashes and"
                    + " underscores, not " + Quotation.of(name) + reader.where(Rungs.key(name)));
        }
        return name;
    }

    /**
     * The calibration's folder.
     *
     * @param hadoop configuration of the file system
     * @throws org.evonorm.store.StoreException if the location is a file or another folder, or the file system cannot
     *                                          be reached
     */
    public RunFolder folder(Configuration hadoop) {
        return RunFolder.at(folder, hadoop);
    }
}
