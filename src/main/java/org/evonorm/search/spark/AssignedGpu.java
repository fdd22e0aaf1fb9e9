package org.evonorm.search.spark;

import java.util.OptionalInt;
import org.apache.spark.TaskContext;
import org.apache.spark.resource.ResourceInformation;

/** The GPU that Spark assigned to a task (Spark's resource {@code gpu}). */
public final class AssignedGpu {

    private AssignedGpu() {}

    /**
     * The index of the GPU that the Spark task of this thread may use.
     *
     * @return the index, from 0, among the GPUs that the executor sees; empty if Spark assigned no GPU
     * @throws UnfitMachineError if the executor's discovery script names its GPUs by anything but their indices
     */
    public static OptionalInt ofThisTask() {
        TaskContext task = TaskContext.get();
        ResourceInformation gpus = task == null ? null : task.resourcesJMap().get(TrainingResources.GPU);
        if (gpus == null || gpus.addresses().length == 0) {
            return OptionalInt.empty();
        }
        String address = gpus.addresses()[0];
        try {
            return OptionalInt.of(Integer.parseInt(address));
        } catch (NumberFormatException e) {
            throw new UnfitMachineError(new IllegalStateException(
                    "Spark gave a training the GPU \"" + address
                            + "\"; the discovery script must name GPUs by their indices, as submit/gpus does",
                    e));
        }
    }
}
