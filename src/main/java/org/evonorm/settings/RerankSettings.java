package org.evonorm.settings;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import org.evonorm.network.NetworkRecipe;
import org.evonorm.store.ScoredOn;
import org.evonorm.training.TrainingSettings;

/**
 * The section {@code rerank} of the settings.
 *
 * @param candidates number of the run's layers that are trained again
 * @param keep       number of these that are scored on the test images at the end; 0 leaves the test images alone
 * @param baselines  layers trained beside them, in order
 * @param seeds      trainings per layer and network
 * @param validation number of held-out images that the layers are ranked on
 * @param averaging  parameter averaging of trainings on partitioned data
 * @param networks   recipe of each network, by the network's name
 * @param training   settings of each training
 */
public record RerankSettings(
        int candidates,
        int keep,
        List<Baseline> baselines,
        int seeds,
        int validation,
        Averaging averaging,
        Map<String, NetworkRecipe> networks,
        TrainingSettings training) {

    static RerankSettings read(SettingsReader reader) {
        return new RerankSettings(
                reader.whole("rerank.candidates", 1),
                reader.whole("rerank.keep", 0),
                SearchSettings.baselines(reader, "rerank.baselines"),
                reader.seeds("rerank.seeds"),
                DataSettings.count(reader, "rerank.validation-images"),
                averaging(reader),
                reader.recipes("rerank.networks"),
                reader.training("rerank.training"));
    }

    private static Averaging averaging(SettingsReader reader) {
        Averaging averaging = reader.choice("rerank.averaging", Averaging.class);
        if (averaging == Averaging.DL4J && reader.choice("engine.name", EngineName.class) != EngineName.DL4J) {
            throw reader.refusal("rerank.averaging", "evonorm unless engine.name is dl4j");
        }
        return averaging;
    }

    /** Settings of a training by the images that score it: the test images score once, at the end. */
    public static TrainingSettings trainingScoredOn(ScoredOn images, TrainingSettings training) {
        return images == ScoredOn.TEST ? training.withSteps(training.steps()) : training;
    }

    /**
     * The key of a training in one network, as JSON: all settings that decide its result, except layer, seed and the
     * run's own settings.
     */
    public String trainingKey(String network) {
        ObjectNode key = TrainingKey.of(networks.get(network), training);
        key.put("validationImages", validation);
        if (averaging != Averaging.EVONORM) {
            key.put("averaging", averaging.name());
        }
        return TrainingKey.text(key);
    }
}
