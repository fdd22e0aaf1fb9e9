package org.evonorm.rejection;

import java.io.Serializable;

/** How far the stability test of a candidate went. */
public sealed interface StabilityTest extends Serializable {

    /** The candidate was not tested: the filter is off, or another one came first. */
    record NotTaken() implements StabilityTest {}

    /**
     * The test in one network, of several the one that rejected the layer or else the one with the highest norm.
     *
     * @param steps steps of gradient ascent that were taken
     * @param norm  the highest norm of the gradient on the way, not finite where a gradient was not
     */
    record Taken(int steps, double norm) implements StabilityTest {}
}
