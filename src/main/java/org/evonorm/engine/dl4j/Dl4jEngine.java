package org.evonorm.engine.dl4j;

import org.evonorm.engine.Engine;
import org.evonorm.engine.Model;
import org.evonorm.graph.Layer;
import org.evonorm.network.Network;

/**
 * The DL4J engine: trains by Deeplearning4j on the device of ND4J's back end, which is a CPU, or a GPU in builds with
 * the Maven profile cuda. On a CPU it is an independent check on the CPU engine.
 */
public final class Dl4jEngine implements Engine {

    private final Device device;

    /**
     * An engine on the CPU or on the GPU that ND4J chooses, by the build's back end.
     *
     * @throws IllegalStateException if the back end cannot run here; the message is one sentence
     */
    public Dl4jEngine() {
        this(Device.any());
    }

    private Dl4jEngine(Device device) {
        this.device = device;
    }

    /**
     * An engine on one GPU.
     *
     * @param index index among the GPUs that the process sees, from 0
     * @throws IllegalStateException if this build has no GPU back end or the GPU does not exist; the message is one
     * sentence
     */
    public static Dl4jEngine onGpu(int index) {
        return new Dl4jEngine(Device.gpu(index));
    }

    @Override
    public String name() {
        return "dl4j";
    }

    /** Builds a model; {@code threads} is ignored, since ND4J takes the number of its threads from OMP_NUM_THREADS. */
    @Override
    public Model build(Network network, Layer layer, int threads, long seed) {
        return new Dl4jModel(network, layer, seed, device);
    }
}
