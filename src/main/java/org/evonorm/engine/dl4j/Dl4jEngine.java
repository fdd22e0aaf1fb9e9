package org.evonorm.engine.dl4j;

import org.evonorm.engine.Engine;
import org.evonorm.engine.Model;
import org.evonorm.graph.Layer;
import org.evonorm.network.Network;

/** Trains by Deeplearning4j on what ND4J's back end computes on: a CPU, or a GPU in builds with the Maven profile cuda. */
public final class Dl4jEngine implements Engine {

    private final Device device;

    /**
     * Computes on the CPU or on the GPU that ND4J chooses, by the build's back end.
     *
     * @throws IllegalStateException if the back end cannot run here, in one sentence
     */
    public Dl4jEngine() {
        this(Device.any());
    }

    private Dl4jEngine(Device device) {
        this.device = device;
    }

    /**
     * Computes on one GPU, counted from 0 among those that the process sees.
     *
     * @throws IllegalStateException if this build has no GPU back end or there is no such GPU, in one sentence
     */
    public static Dl4jEngine onGpu(int index) {
        return new Dl4jEngine(Device.gpu(index));
    }

    @Override
    public String name() {
        return "dl4j";
    }

    /** {@code threads} has no say: ND4J has threads of its own, as many as OMP_NUM_THREADS tells it. */
    @Override
    public Model build(Network network, Layer layer, int threads, long seed) {
        return new Dl4jModel(network, layer, seed, device);
    }
}
