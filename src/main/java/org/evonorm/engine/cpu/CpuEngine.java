package org.evonorm.engine.cpu;

import org.evonorm.engine.Engine;
import org.evonorm.engine.Model;
import org.evonorm.engine.cpu.onednn.OneDnn;
import org.evonorm.graph.Layer;
import org.evonorm.network.Network;

/**
 * The CPU engine: oneDNN computes convolutions, the tile machine computes layers. It runs on CPU cores with AVX2,
 * AVX-512 or NEON, and is the engine of the search.
 */
public final class CpuEngine implements Engine {

    /**
     * Checks the process.
     *
     * @throws IllegalStateException if the module {@code jdk.incubator.vector} is missing, or OpenMP could start
     *     threads
     */
    public CpuEngine() {
        if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
            throw new IllegalStateException("the CPU engine needs the Java flag --add-modules jdk.incubator.vector; "
                    + "start evonorm with submit/evonorm, or add the flag to spark.driver.extraJavaOptions and "
                    + "spark.executor.extraJavaOptions");
        }
        OneDnn.requireSingleThread();
    }

    @Override
    public String name() {
        return "cpu";
    }

    @Override
    public Model build(Network network, Layer layer, int threads, long seed) {
        if (threads < 1) {
            throw new IllegalArgumentException("a model needs at least 1 thread, not " + threads);
        }
        return new CpuModel(network, layer, threads, seed);
    }
}
