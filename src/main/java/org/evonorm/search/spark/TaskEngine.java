package org.evonorm.search.spark;

import java.util.OptionalInt;
import org.evonorm.engine.Engine;
import org.evonorm.settings.EngineName;

/** The engine of a Spark task. What it lacks is a fault of the machine, which ends a search, and not of a candidate. */
public final class TaskEngine {

    private TaskEngine() {}

    /**
     * The engine for a task that takes no GPU.
     *
     * @throws UnfitMachineError if it cannot run on this machine
     */
    public static Engine of(EngineName name) {
        return of(name, OptionalInt.empty());
    }

    /**
     * The engine on the GPU that Spark gave the task, if any.
     *
     * @throws UnfitMachineError if it cannot run on this machine
     */
    public static Engine of(EngineName name, OptionalInt gpu) {
        try {
            return name.createOn(gpu);
        } catch (IllegalStateException e) {
            throw new UnfitMachineError(e);
        }
    }
}
