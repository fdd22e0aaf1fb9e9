package org.evonorm.search.spark;

import java.io.Serializable;
import java.util.OptionalInt;

/** The GPU of trainings, if any: what Spark assigned to the task of this thread, or what it assigned before. */
public interface GpuOfTask extends Serializable {

    OptionalInt index();

    static GpuOfTask of(OptionalInt assigned) {
        if (assigned.isEmpty()) {
            return OptionalInt::empty;
        }
        int index = assigned.getAsInt();
        return () -> OptionalInt.of(index);
    }
}
