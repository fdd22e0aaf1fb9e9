package org.evonorm.search.spark;

import java.io.Serializable;
import java.util.OptionalInt;

/**
 * The GPU of a training, if any: assigned to the Spark task of this thread, or to the task that this thread works for.
 */
public interface GpuOfTask extends Serializable {

    /** The index of the GPU, from 0, among the GPUs that the executor sees; empty for a training without GPU. */
    OptionalInt index();

    /** A GPU that a task was assigned, for work in another thread or JVM. */
    static GpuOfTask of(OptionalInt assigned) {
        if (assigned.isEmpty()) {
            return OptionalInt::empty;
        }
        int index = assigned.getAsInt();
        return () -> OptionalInt.of(index);
    }
}
