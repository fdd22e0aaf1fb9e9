package org.evonorm.rejection;

import java.io.Serializable;

/** The stability test of a candidate: its steps and highest norm, where the test was taken. */
public sealed interface StabilityTest extends Serializable {

    /** The candidate was not tested: the filter is off, or an earlier stage settled the candidate. */
    record NotTaken() implements StabilityTest {}

    /**
     * The test in one network: of several networks, the one that rejected the layer or else the one with the highest
     * norm.
     *
     * @param steps steps of gradient ascent that were taken
     * @param norm  highest norm of the gradient on the way; not finite if a gradient was not finite
     */
    record Taken(int steps, double norm) implements StabilityTest {}
}
