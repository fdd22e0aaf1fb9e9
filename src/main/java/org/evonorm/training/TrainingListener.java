package org.evonorm.training;

/**
 * Hears of the steps of a training while it runs. What it throws ends the training, so that it also is the place to ask
 * whether the training is still wanted.
 */
@FunctionalInterface
public interface TrainingListener {

    /** Hears nothing. */
    TrainingListener SILENT = (step, loss, rate) -> {};

    /**
     * A step is done.
     *
     * @param step how many are done
     * @param loss mean cross-entropy of the step's batch in nats, before its update
     * @param rate the step's learning rate
     */
    void stepDone(int step, double loss, double rate);
}
