package org.evonorm.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.evonorm.network.NetworkScale;
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
public record Settings(
        SearchSettings search,
        Map<String, NetworkScale> scales,
        DataSettings data,
        TrainingSettings training,
        RejectionSettings rejection,
        RerankSettings rerank,
        EngineName engine,
        int threads,
        GpuSettings gpu,
        Config resolved) {

    /**
     * The defaults, changed by a settings file and then by overrides of the form {@code key=value}, the last one
     * winning.
     *
     * @throws SettingsException if a key is unknown or a value cannot be; the message names key, place and mend
     */
    public static Settings load(Optional<Path> file, List<String> overrides) {
        return of(new SettingsSource().resolve(ConfigFactory.empty(), file, overrides));
    }

    static Settings of(Config resolved) {
        SettingsReader reader = new SettingsReader(resolved);
        return new Settings(
                SearchSettings.read(reader),
                reader.scales("networks"),
                DataSettings.read(reader),
                reader.training("training"),
                RejectionSettings.read(reader),
                RerankSettings.read(reader),
                reader.choice("engine.name", EngineName.class),
                reader.whole("engine.threads", 1),
                GpuSettings.read(reader),
                resolved);
    }
}
