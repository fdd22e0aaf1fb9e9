package org.evonorm.settings;

import java.io.Serializable;

/**
 * The section {@code engine.gpu} of the settings: the GPUs that trainings ask Spark for.
 *
 * @param amountPerTraining share of a GPU per training: 0, at most 0.5, or 1
 * @param amountPerExecutor GPUs per executor that is started for trainings alone; 0 for trainings on all executors
 * @param discoveryScript   path of the script that names the GPUs of such an executor; empty if the cluster manager
 *                          knows them
 */
public record GpuSettings(double amountPerTraining, int amountPerExecutor, String discoveryScript)
        implements Serializable {

    static GpuSettings read(SettingsReader reader) {
        double perTraining = reader.zeroToOne("engine.gpu.amount-per-training");
        int perExecutor = reader.whole("engine.gpu.amount-per-executor", 0);
        if (perTraining > 0.5 && perTraining < 1) {
            throw reader.refusal("engine.gpu.amount-per-training", "0, a share of at most 0.5, or 1, as Spark has it");
        }
        if (perExecutor > 0 && perTraining == 0) {
            throw reader.refusal(
                    "engine.gpu.amount-per-executor", "0 unless engine.gpu.amount-per-training is above 0");
        }
        if (perTraining > 0 && perTraining < 1 && perExecutor == 0) {
            throw reader.refusal(
                    "engine.gpu.amount-per-training",
                    "0 or 1 where engine.gpu.amount-per-executor is 0,"
                            + " because Spark 3.5 shares no GPU of an executor that serves other stages as well");
        }
        return new GpuSettings(perTraining, perExecutor, reader.text("engine.gpu.discovery-script"));
    }
}
