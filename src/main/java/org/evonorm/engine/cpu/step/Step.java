package org.evonorm.engine.cpu.step;

import org.evonorm.engine.cpu.memory.NativeFloats;

/** What one operator does in a training or evaluation step, worker by worker. */
public interface Step extends AutoCloseable {

    /** Floats of scratch memory that each worker needs. */
    default long scratchFloats() {
        return 0;
    }

    /** Binds what needs the workers' scratch memory; called once, before the first step. */
    default void bind(NativeFloats[] scratch) {}

    /** Takes up changed parameters. Workers meet after it. */
    default void prepare(int worker) {}

    /** The worker's slice, after all earlier operators'. */
    void forward(int worker);

    /** The worker's slice, after all later operators'. */
    default void backward(int worker) {}

    /** Gradients of parameters, once all workers have ended their backward passes. */
    default void finish(int worker) {}

    @Override
    default void close() {}
}
