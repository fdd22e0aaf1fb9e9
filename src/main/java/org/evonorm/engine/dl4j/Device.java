package org.evonorm.engine.dl4j;

import java.util.OptionalInt;
import java.util.ServiceLoader;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.factory.Nd4jBackend;
import org.nd4j.nativeblas.NativeOps;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * What ND4J computes on: the CPU or a GPU, by the back end that the build brings, which cannot change within a process.
 *
 * @param gpu the GPU, counted from 0 among those that the process sees; if absent, ND4J's choice
 */
record Device(OptionalInt gpu) {

    /**
     * What the build's back end computes on.
     *
     * @throws IllegalStateException if the back end cannot run here, for want of a GPU, its driver or code for this GPU
     */
    static Device any() {
        requireBackend();
        return new Device(OptionalInt.empty()).requireCode();
    }

    /**
     * One GPU.
     *
     * @throws IllegalStateException if the build computes on the CPU, if there is no GPU of this index or if it cannot be
     *                               used
     */
    static Device gpu(int index) {
        requireBackend();
        if (Nd4j.getEnvironment().isCPU()) {
            throw new IllegalStateException(
                    "the DL4J engine was asked for GPU " + index + ", but this build of evonorm "
                            + "computes on the CPU; build it with mvn -Pcuda, or do not ask for a GPU");
        }
        int count = Nd4j.getAffinityManager().getNumberOfDevices();
        if (index < 0 || index >= count) {
            throw new IllegalStateException("the DL4J engine was asked for GPU " + index + ", but there are " + count
                    + " GPUs here, counted from 0");
        }
        return new Device(OptionalInt.of(index)).requireCode();
    }

    /** A back end that runs may have no code for a GPU that is newer than itself, which only computing shows. */
    private Device requireCode() {
        if (Nd4j.getEnvironment().isCPU()) {
            return this;
        }
        use();
        try {
            Nd4j.ones(2).sumNumber();
        } catch (RuntimeException e) {
            int index = Nd4j.getAffinityManager().getDeviceForCurrentThread();
            NativeOps device = NativeOpsHolder.getInstance().getDeviceNativeOps();
            throw new IllegalStateException(
                    "the DL4J engine cannot compute on GPU " + index + ", "
                            + device.getDeviceName(index) + " of compute capability " + device.getDeviceMajor(index)
                            + "."
                            + device.getDeviceMinor(index) + " (" + root(e)
                            + "); ND4J's CUDA back end has code for GPUs of compute "
                            + "capability 3.7 to 8.9 alone: use one of these, or the engine cpu",
                    e);
        }
        return this;
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
