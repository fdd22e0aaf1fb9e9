package org.evonorm.training;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.evonorm.data.Dataset;
import org.evonorm.engine.Engine;
import org.evonorm.engine.Model;
import org.evonorm.engine.Score;
import org.evonorm.graph.Layer;
import org.evonorm.network.Network;

/**
 * The proxy task: one training of a layer in a network, on random crops of the training images, with a score on the
 * whole validation images (paper, section 4; docs/design.md, "Proxy task").
 */
public final class ProxyTask {

    private final TrainingSettings settings;
    private final SgdLoop loop;
    private final TrainingListener listener;
    private final List<TrainingResult.CurvePoint> curve = new ArrayList<>();
    private final long start = System.nanoTime();
    private long scoringNanos;

    private ProxyTask(Model model, Dataset data, TrainingSettings settings, long dataSeed, TrainingListener listener) {
        this.settings = settings;
        this.loop = new SgdLoop(model, data, settings, dataSeed);
        this.listener = listener;
    }

    /** As {@link #train(Engine, Network, Layer, Dataset, TrainingSettings, int, long, TrainingListener)}, silently. */
    public static TrainingResult train(
            Engine engine,
            Network network,
            Layer layer,
            Dataset data,
            TrainingSettings settings,
            int threads,
            long seed) {
        return train(engine, network, layer, data, settings, threads, seed, TrainingListener.SILENT);
    }

    /**
     * Trains a layer in a network on all images at once; the settings of {@link LocalSgd} are ignored. A training or
     * validation loss that is not finite ends the training at once with a diverged result, not with an exception.
     *
     * @param threads  threads that one training step may use
     * @param seed     gives the initial parameters, and the order, crops and flips of the images
     * @param listener is called after every step, and may end the training by an exception
     * @throws CancellationException if the thread is interrupted; its interrupt flag stays set
     */
    public static TrainingResult train(
            Engine engine,
            Network network,
            Layer layer,
            Dataset data,
            TrainingSettings settings,
            int threads,
            long seed,
            TrainingListener listener) {
        TrainingSeed seeds = new TrainingSeed(seed);
        try (Model model = engine.build(network, layer, threads, seeds.parameters())) {
            return new ProxyTask(model, data, settings.unpartitioned(), seeds.batches(0), listener).run();
        }
    }

    private TrainingResult run() {
        double lossSum = 0;
        int lossCount = 0;
        Score score = Score.NONE;
        for (int step = 0; step < settings.steps(); step++) {
            double loss = loop.step(step);
            if (!Double.isFinite(loss)) {
                return diverged(step);
            }
            lossSum += loss;
            lossCount++;
            int done = step + 1;
            listener.stepDone(done, loss, loop.rate(step));
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
        return done == settings.steps() || (settings.scoreEvery() > 0 && done % settings.scoreEvery() == 0);
    }

    private Score score(int done) {
        long scoringStart = System.nanoTime();
        Score score = loop.score(done);
        scoringNanos += System.nanoTime() - scoringStart;
        return score;
    }

    private TrainingResult diverged(int steps) {
        return result(0, Double.NaN, steps, true);
    }

    private TrainingResult result(double accuracy, double loss, int steps, boolean diverged) {
        long nanos = System.nanoTime() - start;
        double trainingSeconds = (nanos - scoringNanos) * 1e-9;
        return new TrainingResult(
                accuracy,
                loss,
                steps,
                diverged,
                curve,
                nanos * 1e-9,
                (double) steps * settings.batchSize() / trainingSeconds);
    }
}
