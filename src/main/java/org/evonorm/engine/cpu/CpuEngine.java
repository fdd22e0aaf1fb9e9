package org.evonorm.engine.cpu;

import org.evonorm.engine.Engine;
import org.evonorm.engine.NativeLibraries;
import org.evonorm.engine.OpenModel;
import org.evonorm.engine.cpu.onednn.OneDnn;
import org.evonorm.engine.cpu.vector.VectorFunctions;
import org.evonorm.graph.Layer;
import org.evonorm.network.Network;

/**
 * The CPU engine: compiled loops or oneDNN compute convolutions, the tile machine computes layers. It runs on CPU cores
 * with AVX2, AVX-512 or NEON, and is the engine of the search.
 */
public final class CpuEngine implements Engine {

    /**
     * Checks the process.
     *
     * @throws IllegalStateException if the module {@code jdk.incubator.vector} is missing, OpenMP could start threads,
     *     or others could have put code into the folder of the native libraries
     */
    public CpuEngine() {
        if (!isVectorModuleThere()) {
            throw new IllegalStateException("the CPU engine needs the Java flag --add-modules jdk.incubator.vector; "
                    + "start evonorm with submit/evonorm, or add the flag to spark.driver.extraJavaOptions and "
                    + "spark.executor.extraJavaOptions");
        }
        NativeLibraries.prepare();
        OneDnn.requireSingleThread();
    }

    /**
     * The features of this process's processor that results depend on: its architecture and the width of its vectors,
     * as in {@code amd64 with AVX-512}. Sums over vectors of another width round otherwise.
     */
    public static String processor() {
        String architecture = System.getProperty("os.arch");
        return isVectorModuleThere() ? architecture + " with " + vectors(architecture) : architecture;
    }

    private static String vectors(String architecture) {
        int bits = VectorFunctions.WIDTH * Float.SIZE;
        boolean x86 = architecture.equals("amd64") || architecture.equals("x86_64");
        return switch (x86 ? bits : 0) {
            case 512 -> "AVX-512";
            case 256 -> "AVX2";
            default -> "vectors of " + bits + " bits";
        };
    }

    private static boolean isVectorModuleThere() {
        return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    }

    @Override
    public String name() {
        return "cpu";
    }

    @Override
    public OpenModel build(Network network, Layer layer, int threads, long seed) {
        if (threads < 1) {
            throw new IllegalArgumentException("a model needs at least 1 thread, not " + threads);
        }
        return new CpuModel(network, layer, threads, seed);
    }
}
