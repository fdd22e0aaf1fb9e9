package org.evonorm.settings;

import java.util.Locale;
import java.util.OptionalInt;
import org.evonorm.engine.Engine;
import org.evonorm.engine.cpu.CpuEngine;
import org.evonorm.engine.dl4j.Dl4jEngine;

/** The engines, by their names in settings and on the command line. */
public enum EngineName {
    /** oneDNN and the tile machine. */
    CPU,
    /** Deeplearning4j. */
    DL4J;

    /** The name in settings and tables. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The engine.
     *
     * @throws IllegalStateException if it cannot run here, with what is missing
     */
    public Engine create() {
        return createOn(OptionalInt.empty());
    }

    /** As {@link #create}, computing on a GPU that the process sees, by its index from 0; the CPU engine needs none. */
    public Engine createOn(OptionalInt gpu) {
        return switch (this) {
            case CPU -> new CpuEngine();
            case DL4J -> gpu.isPresent() ? Dl4jEngine.onGpu(gpu.getAsInt()) : new Dl4jEngine();
        };
    }
}
