package org.evonorm.search.spark;

import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.evonorm.settings.EngineName;
import org.evonorm.settings.GpuSettings;

/** A check, before a search or rerank, that the engine runs where its trainings will run. */
public final class EnginePreflight {

    private EnginePreflight() {}

    /**
     * Makes the engine once, in a task with the resources of a training. A search on unfit machines thus ends in its
     * first seconds and not after the first filters. The CPU engine without a GPU is not tried: it runs anywhere.
     *
     * @throws org.evonorm.settings.SettingsException if Spark cannot give trainings the GPUs that the settings ask for
     */
    public static void check(JavaSparkContext spark, EngineName engine, GpuSettings gpu) {
        if (engine == EngineName.CPU && gpu.amountPerTraining() == 0) {
            return;
        }
        spark.setJobGroup("engine", "can the engine run?", true);
        TrainingResources.request(spark.parallelize(List.of(0), 1), gpu)
                .foreach(any -> TaskEngine.of(engine, AssignedGpu.ofThisTask()));
        spark.clearJobGroup();
    }
}
