package org.evonorm.engine.cpu.step;

import org.evonorm.engine.cpu.memory.NativeFloats;

/**
 * One operator of a network in a training or evaluation step. A step knows its tensors; each worker runs it on its own
 * slice of the batch. The order of the calls is: {@code bind} once, then {@code prepare}, {@code forward},
 * {@code backward} and {@code finish} for every batch.
 */
public interface Step extends AutoCloseable {

    /** Floats of scratch memory that each worker needs; all steps share them. */
    default long scratchFloats() {
        return 0;
    }

    /** Binds the scratch memory of the workers. */
    default void bind(NativeFloats[] scratch) {}

    /** Reads parameters that an update may have changed. Workers meet afterwards. */
    default void prepare(int worker) {}

    /** Computes the worker's slice of the output, after all earlier operators. */
    void forward(int worker);

    /** Computes the worker's slice of the inputs' derivatives, after all later operators. */
    default void backward(int worker) {}

    /** Completes the gradients of parameters. All workers have ended their backward passes before. */
    default void finish(int worker) {}

    @Override
    default void close() {}
}
