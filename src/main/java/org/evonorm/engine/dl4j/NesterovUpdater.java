package org.evonorm.engine.dl4j;

import java.util.Arrays;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * Stochastic gradient descent with Nesterov momentum as DL4J's optimizer, in the form that {@code training} has: with
 * gradient g and velocity v, v = momentum · v + g, and the weights lose rate · (g + momentum · v). DL4J's own keeps
 * rate · v instead, which is another rule as soon as the rate changes.
 */
public final class NesterovUpdater implements IUpdater {

    private static final long serialVersionUID = 1;

    private double[] rates;
    private double momentum;

    /** For DL4J, which fills in the fields. */
    public NesterovUpdater() {}

    /** @param rates of each step; those after have the last one's */
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

    /** One velocity a parameter. */
    @Override
    public long stateSize(long parameters) {
        return parameters;
    }

    @Override
    public GradientUpdater<?> instantiate(INDArray velocity, boolean initialize) {
        NesterovDescent descent = new NesterovDescent(this);
        descent.setStateViewArray(velocity, velocity.shape(), velocity.ordering(), initialize);
        return descent;
    }

    @Override
    public GradientUpdater<?> instantiate(Map<String, INDArray> state, boolean initialize) {
        NesterovDescent descent = new NesterovDescent(this);
        descent.setState(state, initialize);
        return descent;
    }

    /** Itself, as nothing of it changes. */
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
