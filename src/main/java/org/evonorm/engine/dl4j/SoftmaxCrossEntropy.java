package org.evonorm.engine.dl4j;

import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Softmax cross-entropy from logits, [B, classes], with one-hot labels. DL4J's own loss clips probabilities at 1e-10,
 * which bounds the loss of a diverging network and makes it look healthy. Activation and mask are ignored.
 */
public final class SoftmaxCrossEntropy implements ILossFunction {

    private static final long serialVersionUID = 1;

    @Override
    public double computeScore(
            INDArray labels, INDArray logits, IActivation activation, INDArray mask, boolean average) {
        double sum =
                computeScoreArray(labels, logits, activation, mask).sumNumber().doubleValue();
        return average ? sum / logits.size(0) : sum;
    }

    @Override
    public INDArray computeScoreArray(INDArray labels, INDArray logits, IActivation activation, INDArray mask) {
        return logProbabilities(logits).muli(labels).sum(true, 1).negi();
    }

    @Override
    public INDArray computeGradient(INDArray labels, INDArray logits, IActivation activation, INDArray mask) {
        return Transforms.exp(logProbabilities(logits), false).subi(labels);
    }

    @Override
    public Pair<Double, INDArray> computeGradientAndScore(
            INDArray labels, INDArray logits, IActivation activation, INDArray mask, boolean average) {
        return new Pair<>(
                computeScore(labels, logits, activation, mask, average),
                computeGradient(labels, logits, activation, mask));
    }

    private static INDArray logProbabilities(INDArray logits) {
        INDArray shifted = logits.sub(logits.max(true, 1));
        return shifted.subi(Transforms.log(Transforms.exp(shifted, true).sum(true, 1), false));
    }

    @Override
    public String name() {
        return "SoftmaxCrossEntropy";
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SoftmaxCrossEntropy;
    }

    @Override
    public int hashCode() {
        return SoftmaxCrossEntropy.class.hashCode();
    }
}
