package org.evonorm.rejection;

import java.io.Serializable;

/** The signal test of a candidate: what a batch looks like at the end of a network with initial weights. */
public sealed interface SignalTest extends Serializable {

    /** The candidate was not tested: the filter is off, or an earlier stage settled the candidate. */
    record NotTaken() implements SignalTest {}

    /**
     * The test in the filter's network.
     *
     * @param gradient  norm of the last convolution's gradient over the norm of its weights
     * @param features  standard deviation of pooled features between images: root mean square over the channels
     * @param variation variance between images of the last place's output over the output's mean square
     */
    record Taken(double gradient, double features, double variation) implements SignalTest {}
}
