package org.evonorm.training;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.evonorm.data.Batch;
import org.evonorm.engine.Model;
import org.evonorm.engine.Parameter;
import org.evonorm.engine.ParameterLayout;
import org.evonorm.engine.Score;
import org.evonorm.engine.UpdateRule;

/**
 * Softmax regression on the mean colours of an image's quarters: a real model that is cheap to train.
 */
public class SoftmaxRegression implements Model {

    private static final int GRID = 2;
    private static final int FEATURES = GRID * GRID * 3 + 1;

    private final int classes;
    private final float[] weights;
    private final float[] gradient;
    private final float[] momentum;
    private boolean closed;

    public SoftmaxRegression(int classes, long seed) {
        this.classes = classes;
        weights = new float[classes * FEATURES];
        gradient = new float[weights.length];
        momentum = new float[weights.length];
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) (0.01 * random.nextGaussian());
        }
    }

    public boolean isClosed() {
        return closed;
    }

    @Override
    public ParameterLayout layout() {
        return new ParameterLayout(
                List.of(new Parameter("weights", Parameter.Role.DENSE, List.of(classes, FEATURES), 0)), List.of());
    }

    @Override
    public float[] parameters() {
        return weights.clone();
    }

    @Override
    public void setParameters(float[] values) {
        System.arraycopy(values, 0, weights, 0, weights.length);
    }

    @Override
    public float[] momentum() {
        return momentum.clone();
    }

    @Override
    public void setMomentum(float[] values) {
        System.arraycopy(values, 0, momentum, 0, momentum.length);
    }

    @Override
    public float[] runningStatistics() {
        return new float[0];
    }

    @Override
    public int statisticSteps() {
        return 0;
    }

    @Override
    public void setRunningStatistics(float[] values, int statisticSteps) {
        throw new UnsupportedOperationException("a linear model has no averages");
    }

    @Override
    public double lossAndGradient(Batch batch) {
        Arrays.fill(gradient, 0);
        double loss = 0;
        for (int i = 0; i < batch.count(); i++) {
            double[] features = features(batch, i);
            double[] probabilities = probabilities(features);
            loss -= Math.log(probabilities[batch.labels()[i]]);
            for (int c = 0; c < classes; c++) {
                double error = probabilities[c] - (c == batch.labels()[i] ? 1 : 0);
                for (int f = 0; f < FEATURES; f++) {
                    gradient[c * FEATURES + f] += (float) (error * features[f] / batch.count());
                }
            }
        }
        return loss / batch.count();
    }

    @Override
    public float[] gradient() {
        return gradient.clone();
    }

    @Override
    public void update(UpdateRule rule) {
        rule.apply(weights, gradient, momentum, weights.length, true);
    }

    @Override
    public Score evaluate(Batch batch) {
        int correct = 0;
        double loss = 0;
        for (int i = 0; i < batch.count(); i++) {
            double[] probabilities = probabilities(features(batch, i));
            double right = probabilities[batch.labels()[i]];
            correct += Arrays.stream(probabilities).noneMatch(p -> p > right) ? 1 : 0;
            loss -= Math.log(right);
        }
        return new Score(batch.count(), correct, loss);
    }

    @Override
    public float[] predict(Batch batch) {
        throw new UnsupportedOperationException("trainings do not predict");
    }

    @Override
    public void close() {
        closed = true;
    }

    private static double[] features(Batch batch, int image) {
        double[] features = new double[FEATURES];
        int offset = image * batch.height() * batch.width() * 3;
        for (int row = 0; row < batch.height(); row++) {
            for (int column = 0; column < batch.width(); column++) {
                int cell = row * GRID / batch.height() * GRID + column * GRID / batch.width();
                for (int channel = 0; channel < 3; channel++) {
                    features[cell * 3 + channel] += batch.pixels()[offset++];
                }
            }
        }
        for (int f = 0; f < FEATURES - 1; f++) {
            features[f] *= (double) GRID * GRID / (batch.height() * batch.width());
        }
        features[FEATURES - 1] = 1;
        return features;
    }

    private double[] probabilities(double[] features) {
        double[] logits = new double[classes];
        double largest = Double.NEGATIVE_INFINITY;
        for (int c = 0; c < classes; c++) {
            for (int f = 0; f < FEATURES; f++) {
                logits[c] += weights[c * FEATURES + f] * features[f];
            }
            largest = Math.max(largest, logits[c]);
        }
        double sum = 0;
        for (int c = 0; c < classes; c++) {
            logits[c] = Math.exp(logits[c] - largest);
            sum += logits[c];
        }
        for (int c = 0; c < classes; c++) {
            logits[c] /= sum;
        }
        return logits;
    }
}
