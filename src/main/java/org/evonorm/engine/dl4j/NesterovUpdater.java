package org.evonorm.engine.dl4j;

import java.util.Arrays;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * Stochastic gradient updater with Nesterov momentum as a DL4J updater, in the form of {@link
 * org.evonorm.training.NesterovSgd}: with gradient g and velocity v, v = momentum · v + g, and the weights lose rate ·
 * (g + momentum · v). DL4J's own Nesterovs keeps rate · v in place of v, which is another rule once the rate changes.
 */
public final class NesterovUpdater implements IUpdater {

    private static final long serialVersionUID = 1;

    private double[] rates;
    private double momentum;

    /** For DL4J, which fills in the fields. */
    public NesterovUpdater() {}

    /** @param rates learning rate of each step; later steps have the last rate */
    NesterovUpdater(double[] rates, double momentum) {
        this.rates = rates.clone();
        this.momentum = momentum;
    }

    float momentum() {
        return (float) momentum;
    }

    @Override
    public double getLearningRate(int iteration, int epoch) {
        return rates[Math.min(iteration, rates.length - 1)];
    }

    @Override
    public boolean hasLearningRate() {
        return true;
    }

    @Override
    public void setLrAndSchedule(double rate, ISchedule schedule) {
        throw new UnsupportedOperationException("the rates are those that the updater was made with");
    }

    /** One velocity per parameter. */
    @Override
    public long stateSize(long parameters) {
        return parameters;
    }

    @Override
    public GradientUpdater<?> instantiate(INDArray velocity, boolean initialize) {
        NesterovGradientUpdater updater = new NesterovGradientUpdater(this);
        updater.setStateViewArray(velocity, velocity.shape(), velocity.ordering(), initialize);
        return updater;
    }

    @Override
    public GradientUpdater<?> instantiate(Map<String, INDArray> state, boolean initialize) {
        NesterovGradientUpdater updater = new NesterovGradientUpdater(this);
        updater.setState(state, initialize);
        return updater;
    }

    /** The same object, since it is immutable. */
    @Override
    public IUpdater clone() {
        return this;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof NesterovUpdater updater
                && updater.momentum == momentum
                && Arrays.equals(updater.rates, rates);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(rates) + Double.hashCode(momentum);
    }
}
