package org.evonorm.engine.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.evonorm.data.Batch;
import org.evonorm.engine.Model;
import org.evonorm.engine.OpenModel;
import org.evonorm.engine.Parameter;
import org.evonorm.engine.Rounding;
import org.evonorm.engine.Score;
import org.evonorm.graph.LayerName;
import org.evonorm.network.AnchorNetworks;
import org.evonorm.network.Network;
import org.evonorm.network.NetworkScale;
import org.evonorm.training.NesterovSgd;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CpuModelTest {

    private static final CpuEngine ENGINE = new CpuEngine();

    @ParameterizedTest
    @CsvSource({
        "resnet50, BN-Swish",
        "resnet50, EvoNorm-B0",
        "resnet50, EvoNorm-S0",
        "mobilenetv2, BN-Swish",
        "mobilenetv2, EvoNorm-B0",
        "mobilenetv2, EvoNorm-S2",
        "efficientnetb0, GN-Swish",
        "efficientnetb0, EvoNorm-S0",
        "efficientnetb0, EvoNorm-B0",
        "convnext, BN-Swish",
        "convnext, EvoNorm-S0",
        "vit, DyT",
        "vit, EvoNorm-B0"
    })
    void gradientIsTheSlopeOfTheLoss(String network, String layer) {
        try (Model model = ENGINE.build(small(network), LayerName.parse(layer), 1, 7)) {
            Batch batch = batch(6, 12, 12, 1);
            model.lossAndGradient(batch);
            float[] start = model.parameters();
            float[] gradient = model.gradient();
            for (Parameter parameter : model.layout().parameters()) {
                checkSlope(model, batch, start, gradient, parameter);
            }
        }
    }

    /** The slope of the loss along the gradient of one parameter is the squared norm of this gradient. */
    private static void checkSlope(Model model, Batch batch, float[] start, float[] gradient, Parameter parameter) {
        double square = 0;
        for (int i = parameter.offset(); i < parameter.offset() + parameter.size(); i++) {
            square += (double) gradient[i] * gradient[i];
        }
        if (square < 1e-6) {
            return;
        }
        // The step is large enough for the loss to change by several hundred units in its last place.
        double step = 2e-3 / square;
        double slope = difference(model, batch, start, gradient, parameter, step);
        double shorter = difference(model, batch, start, gradient, parameter, step / 2);
        // Where halving the step changes the slope, the loss is curved, and both slopes are inaccurate.
        double allowed = 0.03 * square + 2 * Math.abs(slope - shorter);
        assertTrue(Math.abs(shorter - square) <= allowed, parameter + ": slope " + shorter + " for " + square);
    }

    private static double difference(
            Model model, Batch batch, float[] start, float[] gradient, Parameter parameter, double step) {
        double[] losses = new double[2];
        for (int side = 0; side < 2; side++) {
            float[] moved = start.clone();
            for (int i = parameter.offset(); i < parameter.offset() + parameter.size(); i++) {
                moved[i] += (float) ((side == 0 ? step : -step) * gradient[i]);
            }
            model.setParameters(moved);
            losses[side] = model.lossAndGradient(batch);
        }
        return (losses[0] - losses[1]) / (2 * step);
    }

    @Test
    void aTrainingGoesOnFromItsStateInAnotherModel() {
        NesterovSgd rule = new NesterovSgd(0.05f, 0.9f, 1e-4f);
        try (Model model = ENGINE.build(small("resnet50"), LayerName.parse("EvoNorm-B0"), 1, 7);
                Model other = ENGINE.build(small("resnet50"), LayerName.parse("EvoNorm-B0"), 1, 8)) {
            for (int step = 0; step < 3; step++) {
                if (step == 2) {
                    other.setState(model.state(), 2);
                }
                model.lossAndGradient(batch(6, 12, 12, step));
                model.update(rule);
            }
            other.lossAndGradient(batch(6, 12, 12, 2));
            other.update(rule);
            assertArrayEquals(model.state(), other.state());
            assertEquals(model.evaluate(batch(6, 12, 12, 9)), other.evaluate(batch(6, 12, 12, 9)));
            IllegalArgumentException e =
                    assertThrows(IllegalArgumentException.class, () -> other.setState(new float[3], 2));
            assertTrue(e.getMessage().endsWith("not 3"), e.getMessage());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"resnet50", "mobilenetv2", "efficientnetb0", "convnext", "vit"})
    void threadsChangeNothingButRounding(String network) {
        for (String layer : List.of("BN-ReLU", "EvoNorm-B0", "EvoNorm-S0", "identity")) {
            for (int images : new int[] {1, 7}) {
                float[] expected = gradientOf(network, layer, images, 1);
                for (int threads : new int[] {2, 3, 9}) {
                    assertClose(
                            expected,
                            gradientOf(network, layer, images, threads),
                            layer + " on " + images + " images with " + threads + " threads");
                }
            }
        }
    }

    private static float[] gradientOf(String network, String layer, int images, int threads) {
        try (Model model = ENGINE.build(small(network), LayerName.parse(layer), threads, 3)) {
            model.lossAndGradient(batch(images, 10, 14, 2));
            return model.gradient();
        }
    }

    @Test
    void sameSeedAndThreadsGiveTheSameBits() {
        float[][] runs = new float[2][];
        for (int run = 0; run < 2; run++) {
            try (Model model = ENGINE.build(small("mobilenetv2"), LayerName.parse("EvoNorm-B0"), 2, 5)) {
                for (int step = 0; step < 4; step++) {
                    model.lossAndGradient(batch(9, 12, 12, step));
                    model.update((weights, gradient, momentum, count, decayed) -> {
                        for (int i = 0; i < count; i++) {
                            weights[i] -= 0.05f * gradient[i];
                        }
                    });
                }
                runs[run] = model.parameters();
            }
        }
        assertArrayEquals(runs[0], runs[1]);
    }

    @Test
    void memoryThatOtherModelsUsedChangesNothing() {
        for (String network : AnchorNetworks.names()) {
            float[] first = gradientAfterTwoSteps(network, "EvoNorm-B0");
            gradientAfterTwoSteps(network, "exp(exp(x)) / x");
            gradientAfterTwoSteps("resnet50", "square(x)");
            assertArrayEquals(first, gradientAfterTwoSteps(network, "EvoNorm-B0"), network);
        }
    }

    private static float[] gradientAfterTwoSteps(String network, String layer) {
        try (Model model = ENGINE.build(small(network), LayerName.parse(layer), 1, 5)) {
            Batch batch = batch(4, 8, 8, 1);
            model.lossAndGradient(batch);
            model.update(new NesterovSgd(0.1f, 0.9f, 1e-4f));
            model.lossAndGradient(batch);
            return model.gradient();
        }
    }

    @Test
    void evaluationDoesNotDependOnTheOtherImagesOfABatch() {
        try (Model model = ENGINE.build(small("efficientnetb0"), LayerName.parse("BN-Swish"), 2, 5)) {
            model.lossAndGradient(batch(8, 12, 12, 1));
            Batch eight = batch(8, 16, 16, 2);
            float[] together = model.predict(eight);
            Score score = model.evaluate(eight);
            Batch three = new Batch(3, 16, 16, eight.pixels(), eight.labels());
            float[] alone = model.predict(three);
            assertEquals(3, model.evaluate(three).images());
            assertEquals(8, score.images());
            for (int i = 0; i < alone.length; i++) {
                assertEquals(together[i], alone[i], 1e-5);
            }
        }
    }

    @Test
    void evaluationOfOneRepeatedBatchComesNearTraining() {
        try (Model model = ENGINE.build(small("resnet50"), LayerName.parse("BN-ReLU"), 1, 5)) {
            Batch batch = batch(16, 12, 12, 1);
            double loss = 0;
            for (int step = 0; step < 3; step++) {
                loss = model.lossAndGradient(batch);
            }
            assertEquals(
                    loss,
                    model.evaluate(batch).loss(),
                    1e-3 * loss,
                    "bias-corrected running statistics of equal batches");
        }
    }

    @Test
    void runningStatisticsCanBeMovedToAnotherModel() {
        Network network = small("resnet50");
        try (Model first = ENGINE.build(network, LayerName.parse("EvoNorm-B0"), 1, 5);
                Model second = ENGINE.build(network, LayerName.parse("EvoNorm-B0"), 1, 6)) {
            Batch batch = batch(4, 12, 12, 1);
            first.lossAndGradient(batch);
            assertThrows(IllegalStateException.class, () -> second.evaluate(batch));
            second.setParameters(first.parameters());
            second.setRunningStatistics(first.runningStatistics(), first.statisticSteps());
            assertArrayEquals(first.predict(batch), second.predict(batch));
        }
    }

    @Test
    void oneImageOfOnePixelTrains() {
        for (String network : AnchorNetworks.ofPaper()) {
            try (Model model = ENGINE.build(small(network), LayerName.parse("EvoNorm-S0"), 2, 5)) {
                assertTrue(Double.isFinite(model.lossAndGradient(batch(1, 1, 1, 1))), network);
            }
        }
    }

    @Test
    void aNetworkWithTooManyParametersIsRefused() {
        Network huge = AnchorNetworks.of("resnet50", new NetworkScale(8, 8, NetworkScale.Variant.CIFAR), 10);
        IllegalArgumentException e = assertThrows(
                IllegalArgumentException.class, () -> ENGINE.build(huge, LayerName.parse("identity"), 1, 5));
        assertTrue(e.getMessage().contains("use a smaller width or depth"), e.getMessage());
    }

    @Test
    void noSlowReferenceImplementationIsUsedInTheProxies() {
        for (String name : AnchorNetworks.names()) {
            Network network = AnchorNetworks.of(name, AnchorNetworks.proxyScale(name), 10);
            try (CpuModel model = (CpuModel) ENGINE.build(network, LayerName.parse("identity"), 1, 5)) {
                model.lossAndGradient(batch(2, 24, 24, 1));
                model.implementations()
                        .forEach(implementation -> assertTrue(!implementation.contains("ref:"), implementation));
            }
        }
    }

    @Test
    void aLayerThatIgnoresItsInputHasNoGradientBelowIt() {
        try (Model model = ENGINE.build(small("resnet50"), LayerName.parse("v0 + v1"), 1, 5)) {
            model.lossAndGradient(batch(3, 8, 8, 1));
            float[] gradient = model.gradient();
            Parameter stem = model.layout().parameters().get(0);
            for (int i = 0; i < stem.size(); i++) {
                assertEquals(0f, gradient[stem.offset() + i]);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"resnet50", "mobilenetv2", "convnext", "vit"})
    void aRoundedEvaluationIsNearTheUnroundedOneAndLeavesTheModelAsItWas(String network) {
        try (OpenModel model = ENGINE.build(small(network), LayerName.parse("EvoNorm-B0"), 1, 5)) {
            model.lossAndGradient(batch(6, 12, 12, 1));
            Batch scored = batch(5, 12, 12, 2);
            double exact = model.evaluate(scored).loss();
            float[] state = model.state();
            double bfloat16 = Math.abs(model.evaluate(scored, Rounding.BFLOAT16).loss() - exact);
            double int8 = Math.abs(model.evaluate(scored, Rounding.INT8).loss() - exact);
            assertArrayEquals(state, model.state());
            assertEquals(exact, model.evaluate(scored).loss());
            // Rounding errors of one place in 256 and of one in 256 of the range; the initial logits are small.
            assertTrue(bfloat16 > 0 && bfloat16 < 1e-2 * exact, "bfloat16 moves the loss by " + bfloat16);
            assertTrue(int8 > 0 && int8 < 5e-2 * exact, "int8 moves the loss by " + int8);
        }
    }

    @Test
    void aRoundedEvaluationIsTheSameForEveryNumberOfThreadsAndImages() {
        for (Rounding rounding : Rounding.values()) {
            Score alone = Score.NONE;
            for (int threads : new int[] {1, 3}) {
                try (OpenModel model = ENGINE.build(small("mobilenetv2"), LayerName.parse("EvoNorm-S0"), threads, 5)) {
                    Score together = model.evaluate(batch(4, 12, 12, 3), rounding);
                    alone = threads == 1 ? together : alone;
                    assertEquals(alone, together, rounding + " with " + threads + " threads");
                    assertEquals(
                            together.lossSum(),
                            model.evaluate(first(batch(4, 12, 12, 3), 1), rounding)
                                            .lossSum()
                                    + model.evaluate(last(batch(4, 12, 12, 3), 3), rounding)
                                            .lossSum(),
                            1e-5,
                            "scales of an image depend on no other image");
                }
            }
        }
    }

    private static Batch first(Batch batch, int count) {
        return part(batch, 0, count);
    }

    private static Batch last(Batch batch, int count) {
        return part(batch, batch.count() - count, count);
    }

    private static Batch part(Batch batch, int from, int count) {
        int size = batch.height() * batch.width() * 3;
        return new Batch(
                count,
                batch.height(),
                batch.width(),
                Arrays.copyOfRange(batch.pixels(), from * size, (from + count) * size),
                Arrays.copyOfRange(batch.labels(), from, from + count));
    }

    @ParameterizedTest
    @ValueSource(strings = {"BN-ReLU", "EvoNorm-S0"})
    void aScoreAsInTrainingTakesTheAggregatesOfItsBatch(String layer) {
        Batch batch = batch(4, 12, 12, 2);
        try (OpenModel model = ENGINE.build(small("resnet50"), LayerName.parse(layer), 1, 5)) {
            model.lossAndGradient(batch(6, 12, 12, 1));
            float[] state = model.state();
            float[] gradient = model.gradient();
            double scored = model.scoreAsTraining(batch).loss();
            assertEquals(scored, model.scoreAsTraining(batch).loss());
            assertArrayEquals(state, model.state());
            assertArrayEquals(gradient, model.gradient());
            double evaluated = model.evaluate(batch).loss();
            assertEquals(layer.equals("EvoNorm-S0") ? evaluated : model.lossAndGradient(batch), scored, 1e-5);
            assertTrue(layer.equals("EvoNorm-S0") || Math.abs(evaluated - scored) > 1e-4);
        }
    }

    private static Network small(String name) {
        return AnchorNetworks.of(name, new NetworkScale(0.25, 0.3, NetworkScale.Variant.CIFAR), 10);
    }

    private static Batch batch(int count, int height, int width, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] pixels = new float[count * height * width * 3];
        int[] labels = new int[count];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (float) random.nextGaussian();
        }
        for (int i = 0; i < count; i++) {
            labels[i] = random.nextInt(10);
        }
        return new Batch(count, height, width, pixels, labels);
    }

    private static void assertClose(float[] expected, float[] actual, String what) {
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < expected.length; i++) {
            difference += Math.pow(expected[i] - actual[i], 2);
            norm += Math.pow(expected[i], 2);
        }
        double relative = Math.sqrt(difference / norm);
        assertTrue(relative < 1e-3 || Double.isNaN(norm), what + ": relative difference " + relative);
    }
}
