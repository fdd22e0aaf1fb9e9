package org.evonorm.settings;

import java.util.Locale;
import java.util.OptionalInt;
import org.evonorm.engine.Engine;
import org.evonorm.engine.cpu.CpuEngine;
import org.evonorm.engine.dl4j.Dl4jEngine;

/** The engines by their names in settings and on the command line. */
public enum EngineName {
    /** The CPU engine: oneDNN and the tile machine. */
    CPU,
    /** The DL4J engine: Deeplearning4j on ND4J. */
    DL4J;

    /** The name in settings and tables, in lower case. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Makes the engine, on a device of its choice.
     *
     * @throws IllegalStateException if the engine cannot run here; the message names the missing part
     */
    public Engine create() {
        return createOn(OptionalInt.empty());
    }

    /**
     * Makes the engine on one GPU; the CPU engine ignores it.
     *
     * @param gpu index among the GPUs that the process sees, from 0; empty for the engine's choice
     * @throws IllegalStateException if the engine cannot run here; the message names the missing part
     */
    public Engine createOn(OptionalInt gpu) {
        return switch (this) {
            case CPU -> new CpuEngine();
            case DL4J -> gpu.isPresent() ? Dl4jEngine.onGpu(gpu.getAsInt()) : new Dl4jEngine();
        };
    }
}
