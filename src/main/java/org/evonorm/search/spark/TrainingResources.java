package org.evonorm.search.spark;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.resource.ExecutorResourceRequests;
import org.apache.spark.resource.ResourceProfile;
import org.apache.spark.resource.ResourceProfileBuilder;
import org.apache.spark.resource.TaskResourceRequests;
import org.evonorm.settings.GpuSettings;
import org.evonorm.settings.SettingsException;

/**
 * The resources of trainings, by Spark's stage-level scheduling. Only tasks that train ask for GPUs, so that proposals
 * and filters run in CPU-only tasks.
 */
public final class TrainingResources {

    static final String GPU = "gpu";
    /** Kubernetes asks for {@code VENDOR/gpu}. */
    private static final String VENDOR = "nvidia.com";

    /** One profile per settings: executors that Spark started for one profile do not take the tasks of another. */
    private static final Map<GpuSettings, ResourceProfile> PROFILES = new ConcurrentHashMap<>();

    private TrainingResources() {}

    /**
     * Lets the tasks that compute {@code trainings} ask for the GPUs of the settings.
     *
     * @return the RDD with these resources; {@code trainings} itself where trainings need no GPU
     * @throws SettingsException if the cluster manager does not schedule by stages, or its executors have no GPUs
     */
    public static <T> JavaRDD<T> request(JavaRDD<T> trainings, GpuSettings gpu) {
        if (gpu.amountPerTraining() == 0) {
            return trainings;
        }
        try {
            return trainings.withResources(PROFILES.computeIfAbsent(gpu, TrainingResources::profile));
        } catch (Exception e) {
            // Spark's own exceptions are checked, but Scala declares none.
            String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            throw new SettingsException(
                    "Spark refuses GPUs for trainings alone (" + message + "); set"
                            + " spark.executor.resource.gpu.amount, or engine.gpu.amount-per-training to 0 and"
                            + " spark.task.resource.gpu.amount instead",
                    e);
        }
    }

    private static ResourceProfile profile(GpuSettings gpu) {
        ResourceProfileBuilder profile =
                new ResourceProfileBuilder().require(new TaskResourceRequests().resource(GPU, gpu.amountPerTraining()));
        if (gpu.amountPerExecutor() > 0) {
            profile.require(new ExecutorResourceRequests()
                    .resource(GPU, gpu.amountPerExecutor(), gpu.discoveryScript(), VENDOR));
        }
        return profile.build();
    }
}
