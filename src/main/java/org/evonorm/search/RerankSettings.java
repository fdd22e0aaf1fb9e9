package org.evonorm.search;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.evonorm.network.NetworkScale;
import org.evonorm.store.ScoredOn;
import org.evonorm.training.TrainingSettings;

/**
 * The section {@code rerank} of the settings.
 *
 * @param candidates layers of the run that are trained again
 * @param keep       how many of these are scored on the test images at last; with 0 nothing is
 * @param comparison layers trained beside them, in order
 * @param seeds      trainings of each layer in each network
 * @param validation held-out images that the layers are ranked on
 * @param averaging  who averages trainings on partitioned data
 * @param scales     how large each anchor network is built, by the network's name
 */
public record RerankSettings(int candidates, int keep, List<Yardstick> comparison, int seeds, int validation,
                             Averaging averaging, Map<String, NetworkScale> scales, TrainingSettings training) {

    private static final JsonMapper JSON = new JsonMapper();

    static RerankSettings read(SettingsReader reader) {
        return new RerankSettings(reader.whole("rerank.candidates", 1), reader.whole("rerank.keep", 0),
                SearchSettings.yardsticks(reader, "rerank.comparison"), reader.whole("rerank.seeds", 1),
                reader.whole("rerank.validation-images", 1),
                averaging(reader), Settings.scales(reader, "rerank.networks"),
                Settings.training(reader, "rerank.training"));
    }

    private static Averaging averaging(SettingsReader reader) {
        Averaging averaging = reader.choice("rerank.averaging", Averaging.class);
        if (averaging == Averaging.DL4J && reader.choice("engine.name", EngineName.class) != EngineName.DL4J) {
            throw reader.refusal("rerank.averaging", "evonorm unless engine.name is dl4j");
        }
        return averaging;
    }

    /** How layers are trained that are scored on these images: test ones once, at the end. */
    static TrainingSettings trainingScoredOn(ScoredOn images, TrainingSettings training) {
        return images == ScoredOn.TEST ? training.withSteps(training.steps()) : training;
    }

    /** As JSON, what decides how a training in this network ends, beside layer, seed and the run's own settings. */
    String trainingIn(String network) {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("scale", scales.get(network));
        settings.put("training", training);
        settings.put("validationImages", validation);
        if (averaging != Averaging.EVONORM) {
            settings.put("averaging", averaging);
        }
        try {
            return JSON.writeValueAsString(settings);
        } catch (JsonProcessingException e) {
            throw new AssertionError("records of numbers have a JSON form", e);
        }
    }
}
