package org.evonorm.rerank;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.evonorm.search.spark.TaskProgress;
import org.evonorm.search.trial.JournalledTrainings;
import org.evonorm.search.trial.PartitionedTrainings;
import org.evonorm.search.trial.TimeBound;
import org.evonorm.search.trial.TrialResult;
import org.evonorm.settings.Averaging;
import org.evonorm.settings.RerankSettings;
import org.evonorm.settings.Settings;
import org.evonorm.store.Journal;
import org.evonorm.store.ScoredOn;
import org.evonorm.store.TrainingStates;
import org.evonorm.training.TrainingResult;
import org.evonorm.training.TrainingSettings;

/**
 * The trainings of a rerank on Spark, in the way that the settings name: a task per training, several tasks per
 * training with a part of the images each, or dl4j-spark with the whole cluster for one training.
 *
 * @param states  states of trainings on partitioned data
 * @param journal results of trainings with a task each that are in no batch yet
 */
record RerankTrainings(
        JavaSparkContext spark,
        Settings settings,
        RerankTrainer trainer,
        TaskProgress progress,
        TrainingStates states,
        Journal journal) {

    private static final String LABEL = "rerank: train";

    /** Does these trainings, or reads their results in the journal. */
    List<RerankTask.Ended> of(ScoredOn images, List<RerankTask> tasks, TaskProgress.Listener listener) {
        TrainingSettings training =
                RerankSettings.trainingScoredOn(images, settings.rerank().training());
        List<RerankTask.Ended> ended;
        if (settings.rerank().averaging() == Averaging.DL4J) {
            ended = averaged(tasks, training.steps(), listener);
        } else if (training.localSgd().partitions() == 1) {
            ended = onAllImages(tasks, training.steps(), listener);
        } else {
            ended = onParts(tasks, training, listener);
        }
        progress.finish("rerank: commit");
        return ended;
    }

    private List<RerankTask.Ended> averaged(List<RerankTask> tasks, int steps, TaskProgress.Listener listener) {
        progress.label(LABEL);
        List<RerankTask.Ended> ended = new ArrayList<>();
        for (RerankTask task : tasks) {
            listener.advanced(ended.size(), tasks.size());
            ended.add(task.runAveraged(
                    trainer, spark, settings.gpu(), taken -> listener.running(Math.min(1, taken / (double) steps))));
        }
        listener.advanced(tasks.size(), tasks.size());
        return ended;
    }

    private List<RerankTask.Ended> onParts(
            List<RerankTask> tasks, TrainingSettings training, TaskProgress.Listener listener) {
        // Tasks take fields along, but not this object.
        RerankTrainer trainerOfTasks = trainer;
        List<TrialResult<TrainingResult>> attempts = new PartitionedTrainings<RerankTask>(
                        spark,
                        progress,
                        states,
                        (task, part) -> task.prepared(trainerOfTasks, part),
                        new TimeBound(settings.search().trialMaxDuration()),
                        settings.gpu())
                .train(tasks, training, LABEL, listener);
        List<RerankTask.Ended> ended = new ArrayList<>();
        for (int i = 0; i < tasks.size(); i++) {
            ended.add(new RerankTask.Ended(tasks.get(i), attempts.get(i)));
        }
        return ended;
    }

    /** One Spark task per training that an earlier start has not finished. */
    private List<RerankTask.Ended> onAllImages(List<RerankTask> tasks, int steps, TaskProgress.Listener listener) {
        RerankTrainer trainerOfTasks = trainer;
        return new JournalledTrainings(spark, progress, journal, settings.gpu())
                        .run(LABEL, tasks, steps, TrainingResult.class, task -> task.prepared(trainerOfTasks), listener)
                        .stream()
                        .map(ended -> new RerankTask.Ended(ended.training(), ended.result()))
                        .toList();
    }
}
