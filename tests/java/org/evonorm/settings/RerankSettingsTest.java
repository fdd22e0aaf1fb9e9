package org.evonorm.settings;

import static org.evonorm.settings.Loading.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class RerankSettingsTest {

    @Test
    void aRerankTrainsLikeTheSearchWhereItSaysNothingElse() {
        Settings settings = with(
                "training.steps=7",
                "training.batch-size=16",
                "training.decay=constant",
                "rerank.training.learning-rate=0.3");
        assertEquals(16, settings.rerank().training().batchSize());
        assertEquals(0.3, settings.rerank().training().learningRate());
        assertEquals(10_000, settings.rerank().training().steps());
        assertEquals(0.1, settings.training().learningRate());
        String training = settings.rerank().trainingKey("resnet50");
        assertEquals(
                training,
                with(
                                "training.batch-size=16",
                                "rerank.training.learning-rate=0.3",
                                "rerank.seeds=9",
                                "rerank.networks.mobilenetv2.width=2")
                        .rerank()
                        .trainingKey("resnet50"));
        for (String other : List.of(
                "rerank.networks.resnet50.width=2", "rerank.training.weight-decay=0", "rerank.validation-images=3")) {
            assertNotEquals(
                    training,
                    with("training.batch-size=16", "rerank.training.learning-rate=0.3", other)
                            .rerank()
                            .trainingKey("resnet50"));
        }
    }

    /** Rows of reranks that were made before are found by this text: it must not change. */
    @Test
    void theKeyOfARerankTrainingIsWrittenAsItAlwaysWas() {
        assertEquals(
                "{\"scale\":{\"width\":1.0,\"depth\":1.0,\"variant\":\"CIFAR\"},\"training\":{\"steps\":10000,"
                        + "\"batchSize\":128,\"cropSize\":24,\"learningRate\":0.05,\"decay\":\"COSINE\",\"warmupSteps\":50,"
                        + "\"momentum\":0.9,\"weightDecay\":1.0E-4,\"scoreEvery\":500,"
                        + "\"localSgd\":{\"partitions\":2,\"localSteps\":5}},\"validationImages\":2000,"
                        + "\"averaging\":\"DL4J\"}",
                with(
                                "rerank.training.partitions=2",
                                "rerank.training.local-steps=5",
                                "engine.name=dl4j",
                                "rerank.averaging=dl4j",
                                "rerank.training.learning-rate=0.05")
                        .rerank()
                        .trainingKey("resnet50"));
        assertTrue(with().rerank().trainingKey("resnet50").endsWith("\"validationImages\":2000}"));
    }
}
