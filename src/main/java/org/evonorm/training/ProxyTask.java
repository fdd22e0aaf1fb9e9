package org.evonorm.training;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    private final TrainingStretch stretch;
    private final double lossLimit;
    private final Scoring scoring;
    private final SgdLoop loop;
    private final TrainingListener listener;
    private final List<TrainingResult.CurvePoint> curve = new ArrayList<>();
    private final long start = System.nanoTime();
    private long scoringNanos;

    /** The way to score the model after a number of steps. */
    private interface Scoring {
        Score score(SgdLoop loop, int steps);
    }

    private ProxyTask(
            SgdLoop loop,
            TrainingSettings settings,
            TrainingStretch stretch,
            double lossLimit,
            Scoring scoring,
            TrainingListener listener) {
        this.loop = loop;
        this.settings = settings;
        this.stretch = stretch;
        this.lossLimit = lossLimit;
        this.scoring = scoring;
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
        return train(
                engine,
                network,
                layer,
                data,
                settings,
                threads,
                seed,
                listener,
                Double.POSITIVE_INFINITY,
                SgdLoop::score);
    }

    /**
     * As {@link #train(Engine, Network, Layer, Dataset, TrainingSettings, int, long)}, with scores of robustness at the
     * end.
     *
     * @throws IllegalArgumentException if robustness is asked for and the engine's models are no {@link
     *                                  org.evonorm.engine.OpenModel}
     */
    public static TrainingResult train(
            Engine engine,
            Network network,
            Layer layer,
            Dataset data,
            TrainingSettings settings,
            int threads,
            long seed,
            RobustnessScoring robustness) {
        TrainingStretch whole = TrainingStretch.whole(settings.steps());
        return trainStretch(
                        engine,
                        network,
                        layer,
                        data,
                        settings,
                        threads,
                        seed,
                        whole,
                        Optional.empty(),
                        Double.POSITIVE_INFINITY,
                        robustness)
                .result();
    }

    /**
     * As {@link #train(Engine, Network, Layer, Dataset, TrainingSettings, int, long, TrainingListener)}, but ends once
     * it is known whether the training reaches a mark, with the accuracy on the images scored so far.
     *
     * @param lossLimit training loss in nats above which the training ends, as if it diverged; infinite for no limit
     */
    public static TrainingResult trainToMark(
            Engine engine,
            Network network,
            Layer layer,
            Dataset data,
            TrainingSettings settings,
            int threads,
            long seed,
            TrainingListener listener,
            double lossLimit,
            PassMark mark) {
        long order = new TrainingSeed(seed).scoring();
        return train(
                engine,
                network,
                layer,
                data,
                settings,
                threads,
                seed,
                listener,
                lossLimit,
                (loop, steps) -> loop.scoreUntilKnown(steps, mark, order));
    }

    private static TrainingResult train(
            Engine engine,
            Network network,
            Layer layer,
            Dataset data,
            TrainingSettings settings,
            int threads,
            long seed,
            TrainingListener listener,
            double lossLimit,
            Scoring scoring) {
        TrainingSeed seeds = new TrainingSeed(seed);
        TrainingStretch whole = TrainingStretch.whole(settings.steps());
        try (Model model = engine.build(network, layer, threads, seeds.parameters())) {
            SgdLoop loop = new SgdLoop(model, data, settings.unpartitioned(), seeds.batches(0));
            return new ProxyTask(loop, settings, whole, lossLimit, scoring, listener).run(0);
        }
    }

    /**
     * Trains one stretch of a training on all images at once. Stretches one after the other compute what one training
     * in one go computes, bit for bit, with the learning-rate schedule of all steps of the settings.
     *
     * @param stretch  steps to take; the training before them, if any, must have stayed finite
     * @param state    state that the stretch before left. If it is lost, or is no state of this model, the training
     *                 begins anew, silently and with the same result
     * @param threads  threads that one training step may use
     * @param seed     seed of the whole training, as in {@link #train(Engine, Network, Layer, Dataset,
     *                 TrainingSettings, int, long)}
     * @param lossLimit training loss in nats above which the training ends, as if it diverged; infinite for no limit
     * @param robustness scores of robustness at the end of the stretch
     * @throws CancellationException if the thread is interrupted; its interrupt flag stays set
     */
    public static StretchResult trainStretch(
            Engine engine,
            Network network,
            Layer layer,
            Dataset data,
            TrainingSettings settings,
            int threads,
            long seed,
            TrainingStretch stretch,
            Optional<float[]> state,
            double lossLimit,
            RobustnessScoring robustness) {
        TrainingSeed seeds = new TrainingSeed(seed);
        try (Model model = engine.build(network, layer, threads, seeds.parameters())) {
            SgdLoop loop = new SgdLoop(model, data, settings.unpartitioned(), seeds.batches(0));
            ProxyTask task = new ProxyTask(loop, settings, stretch, lossLimit, SgdLoop::score, TrainingListener.SILENT);
            Optional<float[]> before =
                    state.filter(values -> values.length == model.layout().stateCount());
            before.ifPresent(values -> model.setState(values, stretch.from()));
            TrainingResult result = task.run(before.isPresent() ? stretch.from() : 0);
            boolean goesOn = !result.diverged() && stretch.to() < settings.steps();
            return new StretchResult(
                    task.scored(result, robustness, seeds.scoring()),
                    goesOn ? Optional.of(model.state()) : Optional.empty());
        }
    }

    /** Trains from {@code begin} to the end of the stretch; steps before the stretch leave no trace in the result. */
    private TrainingResult run(int begin) {
        double lossSum = 0;
        int lossCount = 0;
        Score score = Score.NONE;
        loop.skip(begin);
        for (int step = begin; step < stretch.to(); step++) {
            double loss = loop.step(step);
            if (!Double.isFinite(loss)) {
                return diverged(Double.NaN, step, begin);
            }
            if (loss > lossLimit) {
                return diverged(loss, step, begin);
            }
            int done = step + 1;
            listener.stepDone(done, loss, loop.rate(step));
            if (done <= stretch.from()) {
                continue;
            }
            lossSum += loss;
            lossCount++;
            if (isScored(done)) {
                score = score(done);
                if (!Double.isFinite(score.loss())) {
                    return diverged(Double.NaN, done, begin);
                }
                curve.add(new TrainingResult.CurvePoint(done, lossSum / lossCount, score.accuracy()));
                lossSum = 0;
                lossCount = 0;
            }
        }
        return result(score.accuracy(), score.loss(), stretch.to(), begin, false);
    }

    private boolean isScored(int done) {
        return done == stretch.to()
                || stretch.hurdles().contains(done)
                || (settings.scoreEvery() > 0 && done % settings.scoreEvery() == 0);
    }

    private Score score(int done) {
        long scoringStart = System.nanoTime();
        Score score = scoring.score(loop, done);
        scoringNanos += System.nanoTime() - scoringStart;
        return score;
    }

    /** The result with scores of robustness, whose time is none of the steps'. */
    private TrainingResult scored(TrainingResult result, RobustnessScoring robustness, long order) {
        if (result.diverged() || !robustness.worthwhile().test(result)) {
            return result;
        }
        Map<Robustness, Double> accuracies = new EnumMap<>(Robustness.class);
        robustness
                .conditions()
                .forEach(condition -> accuracies.put(condition, loop.accuracy(result.steps(), condition, order)));
        return result.with(accuracies, (System.nanoTime() - start) * 1e-9);
    }

    private TrainingResult diverged(double loss, int steps, int begin) {
        return result(0, loss, steps, begin, true);
    }

    private TrainingResult result(double accuracy, double loss, int steps, int begin, boolean diverged) {
        long nanos = System.nanoTime() - start;
        double trainingSeconds = (nanos - scoringNanos) * 1e-9;
        return new TrainingResult(
                accuracy,
                loss,
                steps,
                diverged,
                curve,
                nanos * 1e-9,
                (double) (steps - begin) * settings.batchSize() / trainingSeconds);
    }
}
