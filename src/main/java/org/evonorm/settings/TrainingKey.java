package org.evonorm.settings;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.evonorm.network.NetworkRecipe;
import org.evonorm.network.NetworkScale;
import org.evonorm.training.TrainingSettings;

/**
 * The key of a training in one network, as JSON: the settings that decide its result. Rows of earlier reranks and
 * calibrations are found by this text, so that its form is written out here and never changes with the names of fields.
 */
final class TrainingKey {

    private static final JsonMapper JSON = new JsonMapper();

    private TrainingKey() {}

    /** The network and the settings of the training, to which the caller may add. */
    static ObjectNode of(NetworkRecipe network, TrainingSettings training) {
        ObjectNode key = JSON.createObjectNode();
        if (network instanceof NetworkRecipe.Anchor anchor) {
            NetworkScale scale = anchor.scale();
            key.putObject("scale")
                    .put("width", scale.width())
                    .put("depth", scale.depth())
                    .put("variant", scale.variant().name());
        } else if (network instanceof NetworkRecipe.FromFile file) {
            key.putObject("file").put("sha256", file.sha256()).put("places", file.places());
        }
        key.putObject("training")
                .put("steps", training.steps())
                .put("batchSize", training.batchSize())
                .put("cropSize", training.cropSize())
                .put("learningRate", training.learningRate())
                .put("decay", training.decay().name())
                .put("warmupSteps", training.warmupSteps())
                .put("momentum", training.momentum())
                .put("weightDecay", training.weightDecay())
                .put("scoreEvery", training.scoreEvery())
                .putObject("localSgd")
                .put("partitions", training.localSgd().partitions())
                .put("localSteps", training.localSgd().localSteps());
        return key;
    }

    /** The text of a key. */
    static String text(ObjectNode key) {
        try {
            return JSON.writeValueAsString(key);
        } catch (JsonProcessingException e) {
            throw new AssertionError("trees of numbers and names have a JSON form", e);
        }
    }
}
