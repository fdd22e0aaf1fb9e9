package org.evonorm.search;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.evonorm.network.AnchorNetworks;
import org.evonorm.network.NetworkScale;
import org.evonorm.store.RunFolder;
import org.evonorm.training.LocalSgd;
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
                       TrainingSettings training, RejectionSettings rejection, RerankSettings rerank,
                       EngineName engine, int threads, GpuSettings gpu, Config resolved) {

    /**
     * The defaults, changed by a settings file and then by overrides of the form {@code key=value}, the last one
     * winning.
     *
     * @throws SettingsException if a key is unknown or a value cannot be; the message names key, place and mend
     */
    public static Settings load(Optional<Path> file, List<String> overrides) {
        return of(new SettingsSource().resolve(ConfigFactory.empty(), file, overrides));
    }

    /**
     * As {@link #load}, with the settings that the run in {@code folder} was started with in place of defaults.
     *
     * @throws org.evonorm.store.StoreException if there is no run in the folder
     */
    public static Settings ofRun(RunFolder folder, Optional<Path> file, List<String> overrides) {
        return of(new SettingsSource().resolve(RunConf.settings(folder), file, overrides));
    }

    private static Settings of(Config resolved) {
        SettingsReader reader = new SettingsReader(resolved);
        return new Settings(SearchSettings.read(reader), scales(reader, "networks"), DataSettings.read(reader),
                training(reader, "training"), RejectionSettings.read(reader), RerankSettings.read(reader),
                reader.choice("engine.name", EngineName.class), reader.whole("engine.threads", 1),
                GpuSettings.read(reader), resolved);
    }

    /** The scales in a section that has one of each anchor network. */
    static Map<String, NetworkScale> scales(SettingsReader reader, String section) {
        Map<String, NetworkScale> scales = new LinkedHashMap<>();
        AnchorNetworks.names().forEach(name -> scales.put(name, scale(reader, section + "." + name)));
        return Map.copyOf(scales);
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

    /** The training that a section describes. */
    static TrainingSettings training(SettingsReader reader, String section) {
        return new TrainingSettings(reader.whole(section + ".steps", 1), reader.whole(section + ".batch-size", 1),
                reader.whole(section + ".crop-size", 1), reader.positive(section + ".learning-rate"),
                reader.choice(section + ".decay", RateDecay.class), reader.whole(section + ".warmup-steps", 0),
                reader.belowOne(section + ".momentum"), reader.belowOne(section + ".weight-decay"),
                reader.whole(section + ".score-every", 0),
                new LocalSgd(reader.whole(section + ".partitions", 1), reader.whole(section + ".local-steps", 1)));
    }
}
