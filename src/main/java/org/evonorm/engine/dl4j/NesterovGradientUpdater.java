package org.evonorm.engine.dl4j;

import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.GradientUpdater;

/** The {@link NesterovUpdater} on one range of a graph's parameters, with their velocities. */
final class NesterovGradientUpdater implements GradientUpdater<NesterovUpdater> {

    private static final String VELOCITY = "velocity";

    private final NesterovUpdater config;
    private INDArray velocity;

    NesterovGradientUpdater(NesterovUpdater config) {
        this.config = config;
    }

    @Override
    public NesterovUpdater getConfig() {
        return config;
    }

    @Override
    public void setState(Map<String, INDArray> state, boolean initialize) {
        velocity = state.get(VELOCITY);
        if (initialize) {
            velocity.assign(0);
        }
    }

    @Override
    public Map<String, INDArray> getState() {
        return Map.of(VELOCITY, velocity);
    }

    @Override
    public void setStateViewArray(INDArray view, long[] gradientShape, char gradientOrder, boolean initialize) {
        if (initialize) {
            view.assign(0);
        }
        velocity = view.reshape(gradientOrder, gradientShape);
    }

    /** Replaces the gradient, in place, by the amount to subtract from the parameters. */
    @Override
    public void applyUpdater(INDArray gradient, int iteration, int epoch) {
        velocity.muli(config.momentum()).addi(gradient);
        gradient.addi(velocity.mul(config.momentum())).muli((float) config.getLearningRate(iteration, epoch));
    }
}
