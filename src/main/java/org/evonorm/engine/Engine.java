package org.evonorm.engine;

import org.evonorm.graph.Layer;
import org.evonorm.network.Network;

/**
 * An implementation of networks and their training. The search and the trainings know engines by this interface alone,
 * so that the CPU engine and the DL4J engine can stand for each other.
 */
public interface Engine {

    /** The name of the engine in settings and tables, for example {@code cpu}. */
    String name();

    /**
     * Builds a model of a network with one layer in all its places. {@link ParameterLayout#initialValues} gives the
     * initial parameters.
     *
     * @param threads number of threads that one training step may use; for a fixed number, results repeat from run to
     *                run
     * @param seed    seed of the initial parameters
     */
    Model build(Network network, Layer layer, int threads, long seed);
}
