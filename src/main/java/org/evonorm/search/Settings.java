package org.evonorm.search;

import com.typesafe.config.Config;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.evonorm.network.AnchorNetworks;
import org.evonorm.network.NetworkScale;
import org.evonorm.training.RateDecay;
import org.evonorm.training.TrainingSettings;

/**
 * All settings of the program, checked.
 *
 * @param scales   how large each anchor network is built, by the network's name
 * @param engine   what trains
 * @param threads  threads of one training step
 * @param gpu      what trainings ask Spark for
 * @param resolved the settings as HOCON: every key of reference.conf with its value
 */
public record Settings(SearchSettings search, Map<String, NetworkScale> scales, DataSettings data,
                       TrainingSettings training, RejectionSettings rejection, EngineName engine, int threads,
                       GpuSettings gpu, Config resolved) {

    /**
     * The defaults, changed by a settings file and then by overrides of the form {@code key=value}, the last one
     * winning.
     *
     * @throws SettingsException if a key is unknown or a value cannot be; the message names key, place and mend
     */
    public static Settings load(Optional<Path> file, List<String> overrides) {
        return of(new SettingsSource().resolve(file, overrides));
    }

    private static Settings of(Config resolved) {
        SettingsReader reader = new SettingsReader(resolved);
        Map<String, NetworkScale> scales = new LinkedHashMap<>();
        AnchorNetworks.names().forEach(name -> scales.put(name, scale(reader, "networks." + name)));
        return new Settings(SearchSettings.read(reader), Map.copyOf(scales), DataSettings.read(reader),
                training(reader), RejectionSettings.read(reader), reader.choice("engine.name", EngineName.class),
                reader.whole("engine.threads", 1), GpuSettings.read(reader), resolved);
    }

    private static NetworkScale scale(SettingsReader reader, String key) {
        double width = reader.positive(key + ".width");
        double depth = reader.positive(key + ".depth");
        try {
            return new NetworkScale(width, depth, reader.choice(key + ".variant", NetworkScale.Variant.class));
        } catch (SettingsException e) {
            throw e;
        } catch (IllegalArgumentException e) {
            throw new SettingsException(key + ": " + e.getMessage() + reader.where(key + ".width"), e);
        }
    }

    private static TrainingSettings training(SettingsReader reader) {
        return new TrainingSettings(reader.whole("training.steps", 1), reader.whole("training.batch-size", 1),
                reader.whole("training.crop-size", 1), reader.positive("training.learning-rate"),
                reader.choice("training.decay", RateDecay.class), reader.whole("training.warmup-steps", 0),
                reader.belowOne("training.momentum"), reader.belowOne("training.weight-decay"),
                reader.whole("training.score-every", 0));
    }
}
