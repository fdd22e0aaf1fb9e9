package org.evonorm.engine;

import org.evonorm.graph.Layer;
import org.evonorm.network.Network;

/** Builds trainable models: one layer in all places of one network. */
public interface Engine {

    /** The name in settings and tables, for example {@code cpu}. */
    String name();

    /**
     * A model with parameters as {@link ParameterLayout} initializes them from {@code seed}.
     *
     * @param threads threads that one training step may use; results are the same from run to run for a fixed number
     */
    Model build(Network network, Layer layer, int threads, long seed);
}
