package org.evonorm.engine.dl4j;

import java.util.OptionalInt;
import java.util.ServiceLoader;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.factory.Nd4jBackend;

/**
 * What ND4J computes on: the CPU or a GPU, by the back end that the build brings, which cannot change within a process.
 *
 * @param gpu the GPU, counted from 0 among those that the process sees; if absent, ND4J's choice
 */
record Device(OptionalInt gpu) {

    /**
     * What the build's back end computes on.
     *
     * @throws IllegalStateException if the back end cannot run here, for want of a GPU or its driver
     */
    static Device any() {
        requireBackend();
        return new Device(OptionalInt.empty());
    }

    /**
     * One GPU.
     *
     * @throws IllegalStateException if the build computes on the CPU, if no GPU can be used or if there is none of this index
     */
    static Device gpu(int index) {
        requireBackend();
        if (Nd4j.getEnvironment().isCPU()) {
            throw new IllegalStateException("the DL4J engine was asked for GPU " + index + ", but this build of evonorm "
                    + "computes on the CPU; build it with mvn -Pcuda, or do not ask for a GPU");
        }
        int count = Nd4j.getAffinityManager().getNumberOfDevices();
        if (index < 0 || index >= count) {
            throw new IllegalStateException("the DL4J engine was asked for GPU " + index + ", but there are " + count
                    + " GPUs here, counted from 0");
        }
        return new Device(OptionalInt.of(index));
    }

    /** Before ND4J looks itself, since it prints traces and answers with errors of linkage. */
    private static void requireBackend() {
        String reason = "no back end of ND4J is on the class path";
        for (Nd4jBackend backend : ServiceLoader.load(Nd4jBackend.class)) {
            try {
                if (backend.canRun()) {
                    return;
                }
                reason = backend.getClass().getSimpleName() + " cannot run";
            } catch (Exception | LinkageError e) {
                reason = root(e);
            }
        }
        throw new IllegalStateException("the DL4J engine finds nothing to compute on (" + reason + "); a build with "
                + "mvn -Pcuda needs an NVIDIA GPU with a driver for CUDA 11.6, one without it computes on the CPU");
    }

    private static String root(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        String message = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
        return message.contains(" ") ? message : cause.getClass().getSimpleName() + ": " + message;
    }

    /** Makes this thread compute there. */
    void use() {
        if (gpu.isPresent() && Nd4j.getAffinityManager().getDeviceForCurrentThread() != gpu.getAsInt()) {
            Nd4j.getAffinityManager().unsafeSetDevice(gpu.getAsInt());
        }
    }
}
