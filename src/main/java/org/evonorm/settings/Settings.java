package org.evonorm.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.evonorm.network.NetworkRecipe;
import org.evonorm.training.TrainingSettings;

/**
 * All settings of the program, checked and typed.
 *
 * @param search    section {@code search}
 * @param networks  recipe of each network, by the network's name
 * @param data      section {@code data}
 * @param training  section {@code training}
 * @param rejection section {@code rejection}
 * @param rerank    section {@code rerank}
 * @param calibration section {@code calibration}
 * @param engine    engine that trains
 * @param threads   threads per training step
 * @param gpu       GPUs that trainings ask Spark for
 * @param resolved  the settings as HOCON: every key of reference.conf with its value
 */
public record Settings(
        SearchSettings search,
        Map<String, NetworkRecipe> networks,
        DataSettings data,
        TrainingSettings training,
        RejectionSettings rejection,
        RerankSettings rerank,
        CalibrationSettings calibration,
        EngineName engine,
        int threads,
        GpuSettings gpu,
        Config resolved) {

    /**
     * Reads the settings: the defaults, changed by a settings file and then by overrides {@code key=value}, of which
     * the last one of a key counts.
     *
     * @throws SettingsException if a key is unknown or a value is not allowed; the message names key, place and mend
     */
    public static Settings load(Optional<Path> file, List<String> overrides) {
        return of(new SettingsSource().resolve(ConfigFactory.empty(), file, overrides));
    }

    static Settings of(Config resolved) {
        SettingsReader reader = new SettingsReader(resolved);
        return new Settings(
                SearchSettings.read(reader),
                reader.recipes(NetworkFiles.SEARCH),
                DataSettings.read(reader),
                reader.training("training"),
                RejectionSettings.read(reader),
                RerankSettings.read(reader),
                CalibrationSettings.read(reader),
                reader.choice("engine.name", EngineName.class),
                reader.whole("engine.threads", 1),
                GpuSettings.read(reader),
                resolved);
    }
}
