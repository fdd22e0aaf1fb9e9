package org.evonorm.engine.dl4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.evonorm.data.Batch;
import org.evonorm.engine.Model;
import org.evonorm.engine.Score;
import org.evonorm.graph.LayerName;
import org.evonorm.network.AnchorNetworks;
import org.evonorm.network.Network;
import org.evonorm.network.NetworkScale;
import org.evonorm.network.Operator;
import org.evonorm.network.Padding;
import org.evonorm.network.Window;
import org.evonorm.training.NesterovSgd;
import org.junit.jupiter.api.Test;

class Dl4jModelTest {

    private static final Dl4jEngine ENGINE = new Dl4jEngine();

    private static Network tiny(String name) {
        return AnchorNetworks.of(name, new NetworkScale(0.1, 0.1, NetworkScale.Variant.CIFAR), 10);
    }

    @Test
    void aRepeatedBatchIsLearned() {
        try (Model model = ENGINE.build(tiny("mobilenetv2"), LayerName.parse("EvoNorm-S0"), 1, 5)) {
            Batch batch = Batches.random(8, 10, 1);
            double first = model.lossAndGradient(batch);
            for (int step = 0; step < 15; step++) {
                model.update(new NesterovSgd(0.05f, 0.9f, 1e-4f));
                model.lossAndGradient(batch);
            }
            Score score = model.evaluate(batch);
            assertTrue(score.loss() < 0.7 * first, score + " after " + first);
            assertEquals(8, score.images());
        }
    }

    @Test
    void aTrainingGoesOnFromItsStateInAnotherModel() {
        NesterovSgd rule = new NesterovSgd(0.05f, 0.9f, 1e-4f);
        try (Model model = ENGINE.build(tiny("resnet50"), LayerName.parse("EvoNorm-B0"), 1, 7);
                Model other = ENGINE.build(tiny("resnet50"), LayerName.parse("EvoNorm-B0"), 1, 8)) {
            for (int step = 0; step < 3; step++) {
                if (step == 2) {
                    other.setState(model.state(), 2);
                }
                model.lossAndGradient(Batches.random(5, 8, step));
                model.update(rule);
            }
            other.lossAndGradient(Batches.random(5, 8, 2));
            other.update(rule);
            assertArrayEquals(model.state(), other.state());
            assertEquals(model.evaluate(Batches.random(5, 8, 9)), other.evaluate(Batches.random(5, 8, 9)));
            IllegalArgumentException e =
                    assertThrows(IllegalArgumentException.class, () -> other.setState(new float[3], 2));
            assertTrue(e.getMessage().endsWith("not 3"), e.getMessage());
        }
    }

    @Test
    void sameSeedGivesTheSameBits() {
        float[][] runs = new float[2][];
        for (int run = 0; run < 2; run++) {
            try (Model model = ENGINE.build(tiny("resnet50"), LayerName.parse("EvoNorm-S0"), 1, 5)) {
                for (int step = 0; step < 3; step++) {
                    model.lossAndGradient(Batches.random(5, 8, step));
                    model.update(new NesterovSgd(0.05f, 0.9f, 1e-4f));
                }
                runs[run] = model.parameters();
            }
        }
        assertArrayEquals(runs[0], runs[1]);
    }

    @Test
    void imagesOfOtherSizesAndCountsAreEvaluated() {
        try (Model model = ENGINE.build(tiny("efficientnetb0"), LayerName.parse("BN-Swish"), 1, 5)) {
            Batch batch = Batches.random(6, 12, 1);
            assertThrows(IllegalStateException.class, () -> model.evaluate(batch));
            model.lossAndGradient(batch);
            Batch larger = Batches.random(9, 17, 2);
            float[] together = model.predict(larger);
            float[] alone = model.predict(new Batch(2, 17, 17, larger.pixels(), larger.labels()));
            for (int i = 0; i < alone.length; i++) {
                assertEquals(together[i], alone[i], 1e-5);
            }
        }
    }

    @Test
    void aMaximumWithWhatIsNotANumberIsNone() {
        // Infinity minus infinity by values that depend on x: constants would be folded before they are computed.
        String none = "exp(exp(exp(exp(exp(x * x))))) - exp(exp(exp(exp(exp(exp(x * x))))))";
        for (String formula : List.of(
                "max(" + none + ", 0)", "max(0, " + none + ")", "max(" + none + ", x)", "max(x, " + none + ")")) {
            try (Model model = ENGINE.build(tiny("resnet50"), LayerName.parse(formula), 1, 5)) {
                assertEquals(Double.NaN, model.lossAndGradient(Batches.random(2, 6, 1)), formula);
            }
        }
    }

    @Test
    void aGraphSurvivesItsJson() {
        ComputationGraphConfiguration graph = NetworkGraph.of(
                tiny("efficientnetb0"),
                LayerName.parse("EvoNorm-B0"),
                new NesterovUpdater(new double[] {0.1, 0.2}, 0.9),
                1e-4);
        ComputationGraphConfiguration read = ComputationGraphConfiguration.fromJson(graph.toJson());
        assertEquals(graph.toJson(), read.toJson());
    }

    @Test
    void groupedConvolutionsAreRefusedByName() {
        Network network = new Network(
                "grouped",
                List.of(
                        new Operator.Convolution(Operator.IMAGES, 8, 3, 1, 1),
                        new Operator.Convolution(0, 8, 3, 1, 2),
                        new Operator.GlobalAveragePool(1),
                        new Operator.Dense(2, 10)));
        String message = assertThrows(
                        IllegalArgumentException.class, () -> ENGINE.build(network, LayerName.parse("identity"), 1, 5))
                .getMessage();
        assertTrue(message.contains("operator 1 of grouped has 2 groups"), message);
    }

    @Test
    void poolsThatDl4jLacksAreRefusedByName() {
        for (Operator.WindowPool pool : List.of(
                new Operator.AveragePool(0, Window.centered(3, 1), true),
                new Operator.MaxPool(0, new Window(3, 2, 1, Padding.NONE, true)),
                new Operator.MaxPool(0, new Window(3, 2, 1, new Padding(0, 0, 1, 1), false)))) {
            Network network = new Network(
                    "pooled",
                    List.of(
                            new Operator.Convolution(Operator.IMAGES, 8, 3, 1, 1),
                            pool,
                            new Operator.GlobalAveragePool(1),
                            new Operator.Dense(2, 10)));
            String message = assertThrows(
                            IllegalArgumentException.class,
                            () -> ENGINE.build(network, LayerName.parse("identity"), 1, 5))
                    .getMessage();
            assertTrue(message.contains("operator 1 of pooled is "), message);
        }
    }

    @Test
    void aGpuThatIsNotThereIsRefusedInOneSentence() {
        String message = assertThrows(IllegalStateException.class, () -> Dl4jEngine.onGpu(99))
                .getMessage();
        assertTrue(message.startsWith("the DL4J engine was asked for GPU 99, but"), message);
        assertFalse(message.contains("\n"), message);
    }
}
