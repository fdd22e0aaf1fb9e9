package org.evonorm.search.spark;

import java.util.OptionalInt;
import org.evonorm.engine.Engine;
import org.evonorm.engine.cpu.CpuEngine;
import org.evonorm.settings.EngineName;

/**
 * The engine of a Spark task. An engine that cannot run is a fault of the machine, which ends a search, and not of a
 * candidate.
 */
public final class TaskEngine {

    private TaskEngine() {}

    /**
     * The engine for a task without GPU.
     *
     * @throws UnfitMachineError if the engine cannot run on this machine
     */
    public static Engine of(EngineName name) {
        return of(name, OptionalInt.empty());
    }

    /**
     * The CPU engine, which runs the filters.
     *
     * @throws UnfitMachineError if the engine cannot run on this machine
     */
    public static CpuEngine cpu() {
        try {
            return new CpuEngine();
        } catch (IllegalStateException e) {
            throw new UnfitMachineError(e);
        }
    }

    /**
     * The engine on the GPU that Spark assigned to the task, if any.
     *
     * @throws UnfitMachineError if the engine cannot run on this machine
     */
    public static Engine of(EngineName name, OptionalInt gpu) {
        try {
            return name.createOn(gpu);
        } catch (IllegalStateException e) {
            throw new UnfitMachineError(e);
        }
    }
}
