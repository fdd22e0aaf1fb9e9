package org.evonorm.training;

import java.util.concurrent.CancellationException;
import java.util.function.Function;
import org.evonorm.data.Batch;
import org.evonorm.data.Dataset;
import org.evonorm.data.EvaluationBatches;
import org.evonorm.data.Images;
import org.evonorm.data.TrainingBatches;
import org.evonorm.engine.Model;
import org.evonorm.engine.OpenModel;
import org.evonorm.engine.Score;

/** The loop of stochastic gradient descent on one model: steps on random crops, and scores on whole images. */
final class SgdLoop {

    /** Batch size of scoring, in images: enough to keep a core busy, few enough for small memories. */
    static final int SCORED_AT_ONCE = 250;

    private final Model model;
    private final Dataset data;
    private final TrainingSettings settings;
    private final LearningRate rates;
    private final TrainingBatches batches;
    private final StepCount count = StepCount.ofThisThread();

    /**
     * A loop over all images of {@code data}.
     *
     * @param dataSeed gives the order, crops and flips of the images
     */
    SgdLoop(Model model, Dataset data, TrainingSettings settings, long dataSeed) {
        this.model = model;
        this.data = data;
        this.settings = settings;
        this.rates = LearningRate.of(settings);
        this.batches = new TrainingBatches(
                data.training(), data.standardization(), settings.batchSize(), settings.cropSize(), dataSeed);
    }

    /** Skips the images of the next {@code steps} steps. */
    void skip(int steps) {
        batches.skip(steps);
    }

    /** The learning rate of a partition's step, which counts from 0 and stands for one step of every partition. */
    double rate(int step) {
        return rates.at(settings.localSgd().steps(step));
    }

    /**
     * Computes loss and gradient of the next batch, and updates the model if the loss is finite.
     *
     * @param step number of the step, from 0
     * @return mean loss of the batch in nats, before the update
     * @throws CancellationException if the thread is interrupted; its interrupt flag stays set
     */
    double step(int step) {
        throwIfInterrupted(step);
        double loss = model.lossAndGradient(batches.next());
        if (Double.isFinite(loss)) {
            model.update(
                    new NesterovSgd((float) rate(step), (float) settings.momentum(), (float) settings.weightDecay()));
        }
        count.advance();
        return loss;
    }

    /**
     * Scores the model on all validation images.
     *
     * @param steps steps taken so far, for the message of the exception
     * @throws CancellationException if the thread is interrupted; its interrupt flag stays set
     */
    Score score(int steps) {
        return score(
                steps,
                new EvaluationBatches(data.validation(), data.standardization(), SCORED_AT_ONCE),
                model::evaluate);
    }

    /**
     * The accuracy on all validation images under a condition, 0 to 1.
     *
     * @param seed gives the order of the images, on which the batches of {@link Robustness#BATCH_4} depend
     * @throws IllegalArgumentException if the engine's models cannot be scored so
     * @throws CancellationException    if the thread is interrupted; its interrupt flag stays set
     */
    double accuracy(int steps, Robustness condition, long seed) {
        if (!(model instanceof OpenModel open)) {
            throw new IllegalArgumentException("robustness is scored by the engine cpu alone");
        }
        EvaluationBatches batches =
                new EvaluationBatches(data.validation(), data.standardization(), condition.batchSize());
        return score(steps, batches.shuffled(seed), batch -> condition.score(open, batch))
                .accuracy();
    }

    private Score score(int steps, EvaluationBatches batches, Function<Batch, Score> scorer) {
        Score score = Score.NONE;
        for (Batch batch : batches) {
            throwIfInterrupted(steps);
            score = score.plus(scorer.apply(batch));
        }
        return score;
    }

    /**
     * Scores the model on validation images in a random order, until it is known whether it reaches a mark.
     *
     * @param seed gives the order
     * @return the score of the images so far; one whose loss is not finite ends the scoring
     */
    Score scoreUntilKnown(int steps, PassMark mark, long seed) {
        Images images = data.validation();
        EvaluationBatches parts =
                new EvaluationBatches(images, data.standardization(), PassMark.imagesPerLook(images.count()));
        Score score = Score.NONE;
        for (Batch batch : parts.shuffled(seed)) {
            throwIfInterrupted(steps);
            score = score.plus(model.evaluate(batch));
            boolean known = mark.after(images.count(), score.images(), score.correct()) != PassMark.Verdict.OPEN;
            if (known || !Double.isFinite(score.loss())) {
                return score;
            }
        }
        return score;
    }

    private void throwIfInterrupted(int steps) {
        if (Thread.currentThread().isInterrupted()) {
            throw new CancellationException("the training was interrupted after "
                    + settings.localSgd().steps(steps) + " of " + settings.steps() + " steps");
        }
    }
}
