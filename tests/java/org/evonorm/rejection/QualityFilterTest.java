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

    private final List<Network> networks = AnchorNetworks.ofPaper().stream()
            .map(name -> AnchorNetworks.of(name, AnchorNetworks.proxyScale(name), 10))
            .toList();
    /** Number of correct labels among 50 images, by network. */
    private final Map<String, Integer> correct =
            new HashMap<>(Map.of("resnet50", 25, "mobilenetv2", 10, "efficientnetb0", 11));

    private final List<String> steps = new ArrayList<>();
    private String diverging = "none";
    private final List<Long> seedsOfModels = new ArrayList<>();
    /** Number of correct labels in models of a second seed; 0 for as many as in the first. */
    private int second;
    /** Added to the loss from the third step on. */
    private double spike;

    private final Engine engine = new Engine() {
        @Override
        public String name() {
            return "scripted";
        }

        @Override
        public Model build(Network network, Layer layer, int threads, long seed) {
            assertEquals(LAYER, layer);
            assertEquals(3, threads);
            boolean again = seedsOfModels.size() == 1;
            seedsOfModels.add(seed);
            return new SoftmaxRegression(network.classes(), seed) {
                @Override
                public double lossAndGradient(Batch batch) {
                    steps.add(network.name());
                    double loss = super.lossAndGradient(batch);
                    return network.name().equals(diverging) ? Double.NaN : loss + (steps.size() % 5 == 3 ? spike : 0);
                }

                @Override
                public Score evaluate(Batch batch) {
                    return new Score(batch.count(), again && second > 0 ? second : correct.get(network.name()), 1);
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
    void aLossAboveTheLimitOfANetworkEndsTheTrainingThere() {
        spike = 100;
        assertEquals(new CandidateStatus.Passed(), judge());
        assertEquals(15, steps.size());
        steps.clear();
        QualitySettings limited =
                new QualitySettings(5, 0.2, Map.of("efficientnetb0", 90.0, "mobilenetv2", 200.0), 0, 0);
        CandidateStatus status = new QualityFilter(engine, networks, DATA, TRAINING, limited, 3)
                .judge(LAYER, 1, TrainingListener.SILENT);
        String reason = ((CandidateStatus.Rejected) status).reason();
        assertTrue(reason.matches("the loss in efficientnetb0 was 10\\d\\.\\d after 2 steps, above 90\\.0"), reason);
        assertEquals(8, steps.size());
    }

    @Test
    void aSecondSeedDecidesWhereTheAccuracyIsCloseUnderTheThreshold() {
        QualitySettings settings = new QualitySettings(5, 0.2, Map.of(), 0, 0.05);
        QualityFilter filter = new QualityFilter(engine, networks, DATA, TRAINING, settings, 3);
        // 0.16 of 50 images are close under 0.2, and 0.14 are not.
        correct.put("mobilenetv2", 8);
        seedsOfModels.clear();
        assertTrue(filter.judge(LAYER, 1, TrainingListener.SILENT) instanceof CandidateStatus.Rejected);
        assertEquals(2, seedsOfModels.size());
        assertEquals(2, seedsOfModels.stream().distinct().count());
        second = 10;
        seedsOfModels.clear();
        assertEquals(new CandidateStatus.Passed(), filter.judge(LAYER, 1, TrainingListener.SILENT));
        assertEquals(4, seedsOfModels.size());
        correct.put("mobilenetv2", 7);
        seedsOfModels.clear();
        assertTrue(filter.judge(LAYER, 1, TrainingListener.SILENT) instanceof CandidateStatus.Rejected);
        assertEquals(1, seedsOfModels.size());
    }

    /** The verdict on part of the images is that on all of them, and its reason has an accuracy on the right side. */
    @Test
    void scoringEndsWithTheVerdictOnAllImages() {
        SplittableRandom random = new SplittableRandom(4);
        Dataset data = Datasets.synthetic(1, 20, 900, 10);
        int[] scored = {0};
        boolean[] right = new boolean[900];
        Engine scoring = new Engine() {
            @Override
            public String name() {
                return "scoring";
            }

            @Override
            public Model build(Network network, Layer layer, int threads, long seed) {
                return new SoftmaxRegression(network.classes(), seed) {
                    @Override
                    public Score evaluate(Batch batch) {
                        int correct = 0;
                        for (int i = 0; i < batch.count(); i++) {
                            correct += right[scored[0]++] ? 1 : 0;
                        }
                        return new Score(batch.count(), correct, 1);
                    }
                };
            }
        };
        int all = 0;
        int most = 0;
        for (int i = 0; i < 60; i++) {
            double threshold = random.nextDouble(0.11, 0.9);
            double share = Math.min(1, Math.max(0, threshold + random.nextDouble(-0.1, 0.3)));
            int correct = 0;
            for (int image = 0; image < right.length; image++) {
                right[image] = random.nextDouble() < share;
                correct += right[image] ? 1 : 0;
            }
            scored[0] = 0;
            QualitySettings settings = new QualitySettings(1, threshold);
            boolean passed = new QualityFilter(scoring, networks.subList(0, 1), data, TRAINING, settings, 1)
                            .judge(LAYER, i, TrainingListener.SILENT)
                    instanceof CandidateStatus.Passed;
            assertEquals(!settings.rejects(correct / 900.0, 0.1), passed);
            all += 900;
            most += scored[0];
        }
        assertTrue(most < 0.9 * all, most + " of " + all);
    }

    @Test
    void settingsOutOfRangeAreRefused() {
        for (double limit : new double[] {0, -1, Double.NaN}) {
            IllegalArgumentException e = assertThrows(
                    IllegalArgumentException.class, () -> new QualitySettings(1, 0.2, Map.of("resnet50", limit), 0, 0));
            assertTrue(e.getMessage().contains("resnet50"), e.getMessage());
        }
        for (double error : new double[] {-0.1, 1, Double.NaN}) {
            IllegalArgumentException e =
                    assertThrows(IllegalArgumentException.class, () -> new QualitySettings(1, 0.2, Map.of(), error, 0));
            assertTrue(e.getMessage().contains("scoring error"), e.getMessage());
        }
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
