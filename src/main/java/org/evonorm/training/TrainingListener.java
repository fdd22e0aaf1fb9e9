package org.evonorm.training;

/**
 * A listener that is called after every step of a training. An exception that it throws ends the training, so that a
 * listener can also cancel a training.
 */
@FunctionalInterface
public interface TrainingListener {

    /** A listener that does nothing. */
    TrainingListener SILENT = (step, loss, rate) -> {};

    /**
     * Called after a step.
     *
     * @param step number of steps done, from 1
     * @param loss mean cross-entropy of the step's batch in nats, before the update
     * @param rate learning rate of the step
     */
    void stepDone(int step, double loss, double rate);
}
