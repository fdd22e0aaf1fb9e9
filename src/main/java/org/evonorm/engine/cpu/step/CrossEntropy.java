package org.evonorm.engine.cpu.step;

import java.util.Optional;
import org.evonorm.engine.Score;
import org.evonorm.engine.cpu.memory.Slices;
import org.evonorm.engine.cpu.memory.Tensor;

/** The loss: softmax and mean cross-entropy of logits [B, classes], with the derivative. Sums are float64. */
public final class CrossEntropy {

    private final Slices slices;
    private final Tensor logits;
    private final Optional<Tensor> derivative;
    private final Score[] scores;

    /**
     * The loss of a plan.
     *
     * @param logits     [B, classes]
     * @param derivative derivative of the loss with respect to the logits; absent in evaluation
     */
    public CrossEntropy(Slices slices, Tensor logits, Optional<Tensor> derivative) {
        this.slices = slices;
        this.logits = logits;
        this.derivative = derivative;
        this.scores = new Score[slices.workers()];
    }

    /**
     * Scores the worker's samples and writes the derivative of the mean loss over {@code count} samples.
     *
     * @param labels class of each sample
     * @param count  number of samples of the batch that count; the plan may have room for more
     */
    public void run(int worker, int[] labels, int count) {
        int classes = logits.shape().channels();
        float[] values = new float[classes];
        int end = Math.min(count, slices.first(worker + 1));
        int correct = 0;
        double lossSum = 0;
        int images = 0;
        for (int sample = slices.first(worker); sample < end; sample++) {
            logits.floats().buffer().get(sample * classes, values);
            int label = labels[sample];
            int best = argmax(values);
            double largest = values[best];
            double sum = 0;
            for (float value : values) {
                sum += Math.exp(value - largest);
            }
            lossSum += Math.log(sum) + largest - values[label];
            correct += best == label ? 1 : 0;
            images++;
            if (derivative.isPresent()) {
                for (int c = 0; c < classes; c++) {
                    double probability = Math.exp(values[c] - largest) / sum;
                    values[c] = (float) ((probability - (c == label ? 1 : 0)) / count);
                }
                derivative.get().floats().buffer().put(sample * classes, values);
            }
        }
        scores[worker] = new Score(images, correct, lossSum);
    }

    private static int argmax(float[] values) {
        int best = 0;
        for (int i = 1; i < values.length; i++) {
            if (values[i] > values[best]) {
                best = i;
            }
        }
        return best;
    }

    /** The score of the samples of all workers. */
    public Score score() {
        Score total = Score.NONE;
        for (Score score : scores) {
            total = total.plus(score);
        }
        return total;
    }
}
