package org.evonorm.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.stream.LongStream;
import org.evonorm.data.Batch;
import org.evonorm.data.Dataset;
import org.evonorm.data.Images;
import org.evonorm.data.Standardization;
import org.evonorm.engine.Engine;
import org.evonorm.engine.Model;
import org.evonorm.engine.Score;
import org.evonorm.engine.UpdateRule;
import org.evonorm.graph.Baselines;
import org.evonorm.graph.Layer;
import org.evonorm.network.AnchorNetworks;
import org.evonorm.network.Network;
import org.evonorm.network.NetworkScale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ProxyTaskTest {

    private static final Dataset DATA = tinted();
    private static final Network NETWORK = AnchorNetworks.of("resnet50", NetworkScale.cifar(0.25), 10);
    private static final Layer LAYER = Baselines.get("BN-ReLU");
    private static final TrainingSettings SETTINGS =
            new TrainingSettings(60, 50, 24, 0.1, RateDecay.CONSTANT, 5, 0.9, 1e-4, 25);

    /** Noisy images whose mean colour tells the class. */
    private static Dataset tinted() {
        Images training = tinted(400, 1);
        return new Dataset("tinted", training, tinted(260, 2), tinted(10, 3), Standardization.of(training));
    }

    private static Images tinted(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        byte[] pixels = new byte[count * 32 * 32 * Images.CHANNELS];
        byte[] labels = new byte[count];
        for (int i = 0; i < count; i++) {
            labels[i] = (byte) random.nextInt(10);
            for (int p = 0; p < 32 * 32; p++) {
                for (int channel = 0; channel < 3; channel++) {
                    int tint = (labels[i] + 1) * (channel + 3) * 31 % 100;
                    pixels[(i * 32 * 32 + p) * 3 + channel] = (byte) (random.nextInt(150) + tint);
                }
            }
        }
        return new Images(count, 32, 32, pixels, labels, 10);
    }

    /** The calls of {@link #engine}, in order. */
    private final List<String> calls = new ArrayList<>();

    private final List<UpdateRule> rules = new ArrayList<>();
    private int divergesAfter = Integer.MAX_VALUE;
    private boolean validationOverflows;
    private SoftmaxRegression model = new SoftmaxRegression(10, 0);

    private final Engine engine = new Engine() {
        @Override
        public String name() {
            return "linear";
        }

        @Override
        public Model build(Network network, Layer layer, int threads, long seed) {
            model = new SoftmaxRegression(network.classes(), seed) {
                private int steps;

                @Override
                public double lossAndGradient(Batch batch) {
                    calls.add("train " + batch.count() + " of " + batch.height() + "×" + batch.width());
                    double loss = super.lossAndGradient(batch);
                    return steps++ < divergesAfter ? loss : Double.POSITIVE_INFINITY;
                }

                @Override
                public void update(UpdateRule rule) {
                    rules.add(rule);
                    super.update(rule);
                }

                @Override
                public Score evaluate(Batch batch) {
                    calls.add("score " + batch.count() + " of " + batch.height() + "×" + batch.width());
                    Score score = super.evaluate(batch);
                    return validationOverflows ? new Score(batch.count(), score.correct(), Double.NaN) : score;
                }
            };
            return model;
        }
    };

    @AfterEach
    void theModelIsClosedWhateverHappens() {
        assertTrue(model.isClosed());
    }

    @Test
    void stepsAreCountedWhileTheyAreTaken() throws InterruptedException {
        StepCount count = new StepCount();
        List<Long> counted = new ArrayList<>();
        count.begin();
        Thread training = new Thread(() -> ProxyTask.train(
                engine, NETWORK, LAYER, DATA, SETTINGS, 1, 1, (step, loss, rate) -> counted.add(count.steps())));
        StepCount.end();
        training.start();
        training.join();
        assertEquals(LongStream.rangeClosed(1, 60).boxed().toList(), counted);
        train(SETTINGS, 1);
        assertEquals(60, count.steps(), "steps of work that the count is not of");
    }

    private TrainingResult train(TrainingSettings settings, long seed) {
        return ProxyTask.train(engine, NETWORK, LAYER, DATA, settings, 1, seed);
    }

    @Test
    void learns() {
        TrainingResult result = train(SETTINGS, 1);
        assertTrue(result.loss() < Math.log(10) - 0.5, "loss " + result.loss());
        assertTrue(result.accuracy() > 0.3, "accuracy " + result.accuracy());
        assertFalse(result.diverged());
        assertEquals(60, result.steps());
        assertTrue(result.seconds() > 0 && result.imagesPerSecond() >= 60 * 50 / result.seconds());
        assertTrue(result.curve().get(2).trainingLoss() < result.curve().get(0).trainingLoss());
    }

    @Test
    void scoresEverySoManyStepsAndAtTheEnd() {
        TrainingResult result = train(SETTINGS, 1);
        assertEquals(
                List.of(25, 50, 60),
                result.curve().stream().map(TrainingResult.CurvePoint::step).toList());
        assertEquals(result.accuracy(), result.curve().get(2).accuracy());
        assertEquals(
                List.of(60),
                train(SETTINGS.withSteps(60), 1).curve().stream()
                        .map(TrainingResult.CurvePoint::step)
                        .toList());
    }

    @Test
    void theCurveHoldsTheMeanLossSinceTheLastPoint() {
        List<Double> losses = new ArrayList<>();
        TrainingResult result =
                ProxyTask.train(engine, NETWORK, LAYER, DATA, SETTINGS, 1, 1, (step, loss, rate) -> losses.add(loss));
        assertEquals(60, losses.size());
        double mean = losses.subList(25, 50).stream()
                .mapToDouble(Double::doubleValue)
                .average()
                .orElseThrow();
        assertEquals(mean, result.curve().get(1).trainingLoss(), 1e-12);
    }

    @Test
    void trainsOnCropsAndScoresAllWholeValidationImages() {
        train(SETTINGS.withSteps(2), 1);
        assertEquals(
                List.of("train 50 of 24×24", "train 50 of 24×24", "score 250 of 32×32", "score 10 of 32×32"), calls);
    }

    @Test
    void scoringDoesNotChangeTheTraining() {
        TrainingResult once = train(SETTINGS.withSteps(60), 4);
        TrainingResult often = train(SETTINGS, 4);
        assertEquals(once.loss(), often.loss());
        assertEquals(once.accuracy(), often.accuracy());
    }

    @Test
    void theSeedDecidesInitialParametersAndBatches() {
        TrainingResult first = train(SETTINGS, 1);
        float[] parameters = model.parameters();
        TrainingResult again = train(SETTINGS, 1);
        assertArrayEquals(parameters, model.parameters());
        assertEquals(first.curve(), again.curve());
        assertEquals(first.loss(), again.loss());
        assertNotEquals(first.loss(), train(SETTINGS, 2).loss());
    }

    @Test
    void everyStepHasTheRateOfTheSchedule() {
        TrainingSettings cosine = new TrainingSettings(10, 50, 24, 0.2, RateDecay.COSINE, 3, 0.8, 1e-3, 0);
        train(cosine, 1);
        for (int step = 0; step < 10; step++) {
            assertEquals(new NesterovSgd((float) LearningRate.of(cosine).at(step), 0.8f, 1e-3f), rules.get(step));
        }
    }

    @Test
    void aTrainingLossThatIsNotFiniteEndsTheRunAsAResult() {
        divergesAfter = 30;
        TrainingResult result = train(SETTINGS, 1);
        assertTrue(result.diverged());
        assertEquals(30, result.steps());
        assertEquals(0, result.accuracy());
        assertTrue(Double.isNaN(result.loss()));
        assertEquals(1, result.curve().size());
        assertEquals(30, rules.size());
    }

    @Test
    void divergenceAtTheFirstStepIsAResultToo() {
        divergesAfter = 0;
        TrainingResult result = train(SETTINGS, 1);
        assertEquals(0, result.steps());
        assertEquals(0, result.imagesPerSecond());
    }

    @Test
    void aValidationLossThatIsNotFiniteCountsAsDivergence() {
        validationOverflows = true;
        TrainingResult result = train(SETTINGS, 1);
        assertTrue(result.diverged());
        assertEquals(25, result.steps());
        assertEquals(0, result.accuracy());
    }

    @Test
    void anInterruptEndsTheRun() {
        CancellationException e = assertThrows(
                CancellationException.class,
                () -> ProxyTask.train(engine, NETWORK, LAYER, DATA, SETTINGS, 1, 1, (step, loss, rate) -> {
                    if (step == 7) {
                        Thread.currentThread().interrupt();
                    }
                }));
        assertTrue(Thread.interrupted());
        assertEquals("the training was interrupted after 7 of 60 steps", e.getMessage());
    }

    @Test
    void aListenerMayEndTheRun() {
        IllegalStateException thrown = new IllegalStateException("enough");
        assertEquals(
                thrown,
                assertThrows(
                        IllegalStateException.class,
                        () -> ProxyTask.train(engine, NETWORK, LAYER, DATA, SETTINGS, 1, 1, (step, loss, rate) -> {
                            throw thrown;
                        })));
    }

    @Test
    void settingsOutOfRangeAreRefused() {
        for (String culprit :
                List.of("step", "batch", "crop", "learning rate", "warm-up", "momentum", "weight decay", "score")) {
            IllegalArgumentException e = assertThrows(
                    IllegalArgumentException.class,
                    () -> new TrainingSettings(
                            culprit.equals("step") ? 0 : 1,
                            culprit.equals("batch") ? 0 : 1,
                            culprit.equals("crop") ? -1 : 1,
                            culprit.equals("learning rate") ? Double.NaN : 1,
                            RateDecay.CONSTANT,
                            culprit.equals("warm-up") ? -1 : 0,
                            culprit.equals("momentum") ? 1 : 0,
                            culprit.equals("weight decay") ? -1e-9 : 0,
                            culprit.equals("score") ? -1 : 0));
            assertTrue(e.getMessage().contains(culprit), e.getMessage());
        }
        model.close();
    }
}
