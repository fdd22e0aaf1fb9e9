package org.evonorm.data;

/**
 * Softmax regression on standardized pixels, trained by stochastic gradient descent with weight decay: the linear model
 * that shows how much of a data set is learnt without convolutions.
 */
public final class SoftmaxRegression {

    private static final int BATCH = 50;
    private static final float RATE = 0.0005f;
    private static final float DECAY = 0.01f;

    private final Dataset dataset;
    private final int inputs;
    private final float[][] weights;
    private final float[] bias;
    private final TrainingBatches batches;

    SoftmaxRegression(Dataset dataset) {
        this.dataset = dataset;
        int size = dataset.training().height();
        this.inputs = size * size * Images.CHANNELS;
        this.weights = new float[dataset.classes()][inputs];
        this.bias = new float[dataset.classes()];
        this.batches = new TrainingBatches(dataset.training(), dataset.standardization(), BATCH, size, 1);
    }

    void epoch() {
        for (int step = 0; step < batches.perEpoch(); step++) {
            Batch batch = batches.next();
            for (int i = 0; i < BATCH; i++) {
                step(batch, i);
            }
        }
    }

    private void step(Batch batch, int image) {
        double[] shares = logits(batch, image);
        double largest = Double.NEGATIVE_INFINITY;
        for (double logit : shares) {
            largest = Math.max(largest, logit);
        }
        double sum = 0;
        for (int k = 0; k < shares.length; k++) {
            shares[k] = Math.exp(shares[k] - largest);
            sum += shares[k];
        }
        int start = image * inputs;
        for (int k = 0; k < shares.length; k++) {
            float error = (float) (shares[k] / sum - (k == batch.labels()[image] ? 1 : 0));
            float step = RATE * error;
            for (int j = 0; j < inputs; j++) {
                weights[k][j] -= step * batch.pixels()[start + j] + RATE * DECAY * weights[k][j];
            }
            bias[k] -= step;
        }
    }

    double accuracy(Images images) {
        int correct = 0;
        for (Batch batch : new EvaluationBatches(images, dataset.standardization(), BATCH)) {
            for (int i = 0; i < batch.count(); i++) {
                double[] logits = logits(batch, i);
                int best = 0;
                for (int k = 1; k < logits.length; k++) {
                    best = logits[k] > logits[best] ? k : best;
                }
                correct += best == batch.labels()[i] ? 1 : 0;
            }
        }
        return (double) correct / images.count();
    }

    private double[] logits(Batch batch, int image) {
        double[] logits = new double[weights.length];
        int start = image * inputs;
        for (int k = 0; k < weights.length; k++) {
            float sum = bias[k];
            for (int j = 0; j < inputs; j++) {
                sum += weights[k][j] * batch.pixels()[start + j];
            }
            logits[k] = sum;
        }
        return logits;
    }
}
