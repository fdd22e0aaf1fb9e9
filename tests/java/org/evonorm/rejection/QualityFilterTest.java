package org.evonorm.rejection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.evonorm.data.Batch;
import org.evonorm.data.Dataset;
import org.evonorm.data.Datasets;
import org.evonorm.data.Images;
import org.evonorm.engine.Engine;
import org.evonorm.engine.Model;
import org.evonorm.engine.Score;
import org.evonorm.evolution.CandidateStatus;
import org.evonorm.graph.Baselines;
import org.evonorm.graph.Layer;
import org.evonorm.network.AnchorNetworks;
import org.evonorm.network.Network;
import org.evonorm.training.RateDecay;
import org.evonorm.training.SoftmaxRegression;
import org.evonorm.training.TrainingListener;
import org.evonorm.training.TrainingSettings;
import org.junit.jupiter.api.Test;

class QualityFilterTest {

    private static final Dataset DATA = Datasets.synthetic(1, 100, 50, 10);
    private static final Layer LAYER = Baselines.get("EvoNorm-B0");
    private static final TrainingSettings TRAINING =
            new TrainingSettings(2000, 10, 24, 0.1, RateDecay.CONSTANT, 50, 0.9, 1e-4, 100);
    private static final QualitySettings SETTINGS = new QualitySettings(5, 0.2);

    private final List<Network> networks = AnchorNetworks.names().stream()
            .map(name -> AnchorNetworks.of(name, AnchorNetworks.proxyScale(name), 10))
            .toList();
    /** Number of correct labels among 50 images, by network. */
    private final Map<String, Integer> correct =
            new HashMap<>(Map.of("resnet50", 25, "mobilenetv2", 10, "efficientnetb0", 11));

    private final List<String> steps = new ArrayList<>();
    private String diverging = "none";

    private final Engine engine = new Engine() {
        @Override
        public String name() {
            return "scripted";
        }

        @Override
        public Model build(Network network, Layer layer, int threads, long seed) {
            assertEquals(LAYER, layer);
            assertEquals(3, threads);
            return new SoftmaxRegression(network.classes(), seed) {
                @Override
                public double lossAndGradient(Batch batch) {
                    steps.add(network.name());
                    double loss = super.lossAndGradient(batch);
                    return network.name().equals(diverging) ? Double.NaN : loss;
                }

                @Override
                public Score evaluate(Batch batch) {
                    return new Score(batch.count(), correct.get(network.name()), 1);
                }
            };
        }
    };

    private CandidateStatus judge() {
        return new QualityFilter(engine, networks, DATA, TRAINING, SETTINGS, 3)
                .judge(LAYER, 1, TrainingListener.SILENT);
    }

    @Test
    void passesWhatReachesTheThresholdInEveryNetworkAndTrainsTheCheapestFirst() {
        assertEquals(new CandidateStatus.Passed(), judge());
        assertEquals(15, steps.size());
        assertEquals(
                List.of("mobilenetv2", "efficientnetb0", "resnet50"),
                steps.stream().distinct().toList());
    }

    @Test
    void theFirstFailureEndsIt() {
        correct.put("efficientnetb0", 9);
        correct.put("resnet50", 0);
        assertEquals(
                new CandidateStatus.Rejected(
                        CandidateStatus.Filter.QUALITY,
                        "efficientnetb0 reached an accuracy of 18.0% after 5 steps, under 20.0% (chance is 10.0%)"),
                judge());
        assertEquals(
                List.of("mobilenetv2", "efficientnetb0"),
                steps.stream().distinct().toList());
    }

    @Test
    void thresholdsCountFromChance() {
        QualitySettings settings = new QualitySettings(1, 0.15);
        assertEquals(0.15, settings.threshold(0.1), 1e-12);
        assertEquals(0.0158, settings.threshold(0.01), 1e-4);
        assertEquals(0.6136, settings.threshold(0.5), 1e-4);
        // As with the absolute threshold before it, an accuracy that equals the limit passes.
        for (int thousandths = 1; thousandths <= 1000; thousandths++) {
            double limit = thousandths / 1000.0;
            QualitySettings tenClasses = new QualitySettings(1, limit);
            assertFalse(tenClasses.rejects(limit, 0.1), "at " + limit);
            assertTrue(tenClasses.rejects((thousandths - 1) / 1000.0, 0.1), "under " + limit);
        }
    }

    @Test
    void guessingNeverPassesAndEveryThresholdCanBeReached() {
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < 1000; i++) {
            QualitySettings settings = new QualitySettings(1, random.nextDouble(0.101, 1));
            double chance = random.nextDouble(0.001, 0.999);
            assertTrue(settings.rejects(chance, chance), settings + " with chance " + chance);
            assertFalse(settings.rejects(1, chance), settings + " with chance " + chance);
            assertFalse(new QualitySettings(1, 0).rejects(0, chance));
        }
    }

    @Test
    void chanceIsTheLargestClassOfTheValidationImages() {
        byte[] labels = new byte[50];
        Arrays.fill(labels, 0, 30, (byte) 1);
        Images validation = new Images(50, 32, 32, DATA.validation().pixels(), labels, 2);
        correct.replaceAll((network, before) -> 33);
        assertEquals(
                new CandidateStatus.Rejected(
                        CandidateStatus.Filter.QUALITY,
                        "mobilenetv2 reached an accuracy of 66.0% after 5 steps, under 77.1% (chance is 60.0%)"),
                new QualityFilter(engine, networks, DATA.withValidation(validation), TRAINING, SETTINGS, 3)
                        .judge(LAYER, 1, TrainingListener.SILENT));
    }

    @Test
    void divergenceIsAFailure() {
        diverging = "mobilenetv2";
        assertEquals(
                new CandidateStatus.Rejected(
                        CandidateStatus.Filter.QUALITY, "the loss in mobilenetv2 was not finite after 0 steps"),
                judge());
        assertEquals(1, steps.size());
    }

    @Test
    void settingsOutOfRangeAreRefused() {
        assertTrue(assertThrows(IllegalArgumentException.class, () -> new QualitySettings(0, 0.2))
                .getMessage()
                .contains("step"));
        for (double threshold : new double[] {-0.1, 1.1, Double.NaN}) {
            IllegalArgumentException e =
                    assertThrows(IllegalArgumentException.class, () -> new QualitySettings(1, threshold));
            assertTrue(e.getMessage().contains("threshold"), e.getMessage());
        }
    }
}
