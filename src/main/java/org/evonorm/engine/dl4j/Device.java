package org.evonorm.engine.dl4j;

import java.util.OptionalInt;
import java.util.ServiceLoader;
import org.evonorm.engine.NativeLibraries;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.factory.Nd4jBackend;
import org.nd4j.nativeblas.NativeOps;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * The device that ND4J computes on: the CPU or a GPU. The build's back end decides between them, and cannot change
 * within a process.
 *
 * @param gpu index of the GPU among those that the process sees, from 0; empty for ND4J's choice
 */
record Device(OptionalInt gpu) {

    /**
     * The device that the back end chooses.
     *
     * @throws IllegalStateException if the back end cannot run here, for lack of a GPU, its driver, or machine code for
     *                               the GPU
     */
    static Device any() {
        requireBackend();
        return new Device(OptionalInt.empty()).requireCode();
    }

    /**
     * One GPU.
     *
     * @throws IllegalStateException if the build computes on the CPU, or the GPU does not exist or cannot be used
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

    /**
     * Computes once on the device, since a back end that runs may lack machine code for a GPU that is newer than
     * itself, and only a computation shows it.
     */
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

    /** Checks the back end before ND4J does, because ND4J prints stack traces and throws linkage errors. */
    private static void requireBackend() {
        NativeLibraries.prepare();
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

    /** Makes the calling thread compute on this device. */
    void use() {
        if (gpu.isPresent() && Nd4j.getAffinityManager().getDeviceForCurrentThread() != gpu.getAsInt()) {
            Nd4j.getAffinityManager().unsafeSetDevice(gpu.getAsInt());
        }
    }
}
