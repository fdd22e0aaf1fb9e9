package org.evonorm.training;

import java.util.concurrent.CancellationException;
import org.evonorm.data.Batch;
import org.evonorm.data.Dataset;
import org.evonorm.data.EvaluationBatches;
import org.evonorm.data.TrainingBatches;
import org.evonorm.engine.Model;
import org.evonorm.engine.Score;

/** Steps of one model down the loss of random crops, and its score on whole images. */
final class SgdLoop {

    /** Images scored at once: enough to keep a core busy, few enough for small memories. */
    private static final int SCORED_AT_ONCE = 250;

    private final Model model;
    private final Dataset data;
    private final TrainingSettings settings;
    private final LearningRate rates;
    private final TrainingBatches batches;

    /** On all images of {@code data}, in an order that the seed decides. */
    SgdLoop(Model model, Dataset data, TrainingSettings settings, long dataSeed) {
        this.model = model;
        this.data = data;
        this.settings = settings;
        this.rates = LearningRate.of(settings);
        this.batches = new TrainingBatches(
                data.training(), data.standardization(), settings.batchSize(), settings.cropSize(), dataSeed);
    }

    /** Passes over the images of so many steps. */
    void skip(int steps) {
        batches.skip(steps);
    }

    /** The rate of a step, which counts from 0, where each stands for one of every partition. */
    double rate(int step) {
        return rates.at(settings.localSgd().steps(step));
    }

    /**
     * Takes a step, unless the loss is not finite.
     *
     * @return mean loss of the step's batch before its update
     * @throws CancellationException if the thread is interrupted; its interrupt flag stays set
     */
    double step(int step) {
        requireWanted(step);
        double loss = model.lossAndGradient(batches.next());
        if (Double.isFinite(loss)) {
            model.update(
                    new NesterovSgd((float) rate(step), (float) settings.momentum(), (float) settings.weightDecay()));
        }
        return loss;
    }

    /** How well the model labels the validation images after so many steps. */
    Score score(int steps) {
        Score score = Score.NONE;
        for (Batch batch : new EvaluationBatches(data.validation(), data.standardization(), SCORED_AT_ONCE)) {
            requireWanted(steps);
            score = score.plus(model.evaluate(batch));
        }
        return score;
    }

    private void requireWanted(int steps) {
        if (Thread.currentThread().isInterrupted()) {
            throw new CancellationException("the training was interrupted after "
                    + settings.localSgd().steps(steps) + " of " + settings.steps() + " steps");
        }
    }
}
