package org.evonorm.training;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import org.evonorm.data.Batch;
import org.evonorm.data.Dataset;
import org.evonorm.data.EvaluationBatches;
import org.evonorm.data.TrainingBatches;
import org.evonorm.engine.Engine;
import org.evonorm.engine.Model;
import org.evonorm.engine.Score;
import org.evonorm.graph.Layer;
import org.evonorm.network.Network;

/**
 * One training run: a layer in a network is trained on random crops of the training images and scored on the whole
 * validation images (paper, section 4).
 */
public final class ProxyTask {

    /** Images scored at once: enough to keep a core busy, few enough for small memories. */
    private static final int SCORED_AT_ONCE = 250;

    private final Model model;
    private final Dataset data;
    private final TrainingSettings settings;
    private final TrainingBatches batches;
    private final TrainingListener listener;
    private final List<TrainingResult.CurvePoint> curve = new ArrayList<>();
    private final long start = System.nanoTime();
    private long scoringNanos;

    private ProxyTask(Model model, Dataset data, TrainingSettings settings, long dataSeed, TrainingListener listener) {
        this.model = model;
        this.data = data;
        this.settings = settings;
        this.batches = new TrainingBatches(
                data.training(), data.standardization(), settings.batchSize(), settings.cropSize(), dataSeed);
        this.listener = listener;
    }

    /** As {@link #train(Engine, Network, Layer, Dataset, TrainingSettings, int, long, TrainingListener)}, unheard. */
    public static TrainingResult train(Engine engine, Network network, Layer layer, Dataset data,
            TrainingSettings settings, int threads, long seed) {
        return train(engine, network, layer, data, settings, threads, seed, TrainingListener.SILENT);
    }

    /**
     * Trains a layer in a network. A training or validation loss that is not finite ends the run at once, as a result.
     *
     * @param threads threads that one training step may use
     * @param seed    gives the initial parameters, the order of the images, their crops and flips
     * @throws CancellationException if the thread is interrupted; its interrupt flag stays set
     */
    public static TrainingResult train(Engine engine, Network network, Layer layer, Dataset data,
            TrainingSettings settings, int threads, long seed, TrainingListener listener) {
        SplittableRandom seeds = new SplittableRandom(seed);
        long parameterSeed = seeds.nextLong();
        long dataSeed = seeds.nextLong();
        try (Model model = engine.build(network, layer, threads, parameterSeed)) {
            return new ProxyTask(model, data, settings, dataSeed, listener).run();
        }
    }

    private TrainingResult run() {
        LearningRate rates = LearningRate.of(settings);
        double lossSum = 0;
        int lossCount = 0;
        Score score = Score.NONE;
        for (int step = 0; step < settings.steps(); step++) {
            requireWanted(step);
            double loss = model.lossAndGradient(batches.next());
            if (!Double.isFinite(loss)) {
                return diverged(step);
            }
            double rate = rates.at(step);
            model.update(new NesterovSgd(
                    (float) rate, (float) settings.momentum(), (float) settings.weightDecay()));
            lossSum += loss;
            lossCount++;
            int done = step + 1;
            listener.stepDone(done, loss, rate);
            if (isScored(done)) {
                score = score(done);
                if (!Double.isFinite(score.loss())) {
                    return diverged(done);
                }
                curve.add(new TrainingResult.CurvePoint(done, lossSum / lossCount, score.accuracy()));
                lossSum = 0;
                lossCount = 0;
            }
        }
        return result(score.accuracy(), score.loss(), settings.steps(), false);
    }

    private boolean isScored(int done) {
        return done == settings.steps() || settings.scoreEvery() > 0 && done % settings.scoreEvery() == 0;
    }

    private Score score(int done) {
        long scoringStart = System.nanoTime();
        Score score = Score.NONE;
        for (Batch batch : new EvaluationBatches(data.validation(), data.standardization(), SCORED_AT_ONCE)) {
            requireWanted(done);
            score = score.plus(model.evaluate(batch));
        }
        scoringNanos += System.nanoTime() - scoringStart;
        return score;
    }

    private void requireWanted(int done) {
        if (Thread.currentThread().isInterrupted()) {
            throw new CancellationException(
                    "the training was interrupted after " + done + " of " + settings.steps() + " steps");
        }
    }

    private TrainingResult diverged(int steps) {
        return result(0, Double.NaN, steps, true);
    }

    private TrainingResult result(double accuracy, double loss, int steps, boolean diverged) {
        long nanos = System.nanoTime() - start;
        double trainingSeconds = (nanos - scoringNanos) * 1e-9;
        return new TrainingResult(accuracy, loss, steps, diverged, curve, nanos * 1e-9,
                (double) steps * settings.batchSize() / trainingSeconds);
    }
}
