package org.evonorm.search;

import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;

/** Where trainings will run. */
final class TrainingMachine {

    private TrainingMachine() {}

    /**
     * Makes the engine once in a task like those that train, so that what no training could run on ends a search in its
     * first seconds and not after the first filters. The CPU engine without a GPU is not tried: it runs anywhere.
     *
     * @throws SettingsException if Spark cannot give trainings the GPUs that the settings ask for
     */
    static void require(JavaSparkContext spark, EngineName engine, GpuSettings gpu) {
        if (engine == EngineName.CPU && gpu.amountPerTraining() == 0) {
            return;
        }
        spark.setJobGroup("engine", "can the engine run?", true);
        TrainingResources.request(spark.parallelize(List.of(0), 1), gpu)
                .foreach(any -> engine.inTask(AssignedGpu.ofThisTask()));
        spark.clearJobGroup();
    }
}
