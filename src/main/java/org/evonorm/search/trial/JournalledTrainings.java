package org.evonorm.search.trial;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.spark.api.java.JavaSparkContext;
import org.evonorm.search.spark.TaskProgress;
import org.evonorm.search.spark.TrainingResources;
import org.evonorm.settings.GpuSettings;
import org.evonorm.store.Journal;

/**
 * Trainings outside generations, as those of a rerank, with a Spark task each. The journal keeps every result, so that
 * work that was cut off does no training again.
 *
 * @param journal results that are in no table yet
 * @param gpus    GPUs of a training
 */
public record JournalledTrainings(JavaSparkContext spark, TaskProgress progress, Journal journal, GpuSettings gpus) {

    /** A training, which a Spark task takes along. */
    public interface Training extends Serializable {
        /** The key in the journal, which names everything that the result depends on, and is fit for a file's name. */
        String journalKey();
    }

    /**
     * The work of a training inside a Spark task. What fails while it is prepared, as reading the images, is a fault of
     * the machine; what fails afterwards is the layer's.
     */
    @FunctionalInterface
    public interface Work<T, R> extends Serializable {
        Supplier<R> prepared(T training);
    }

    /** A training that ended, with its result. */
    public record Ended<T extends Training, R>(T training, TrialResult<R> result) implements Serializable {}

    /**
     * Does the trainings that have no result in the journal yet. Failures of layers become results, which are not
     * journalled: whoever has a table for them keeps them there.
     *
     * @param label    name of the job group
     * @param steps    optimizer steps of each training
     * @param type     class of the result
     * @param listener receives the progress
     * @return all trainings, the ones with a result in the journal first
     */
    public <T extends Training, R> List<Ended<T, R>> run(
            String label,
            List<T> trainings,
            int steps,
            Class<R> type,
            Work<T, R> work,
            TaskProgress.Listener listener) {
        List<Ended<T, R>> ended = new ArrayList<>(journalled(trainings, type));
        Set<T> done = ended.stream().map(Ended::training).collect(Collectors.toSet());
        List<T> left =
                trainings.stream().filter(training -> !done.contains(training)).toList();
        if (left.isEmpty()) {
            return ended;
        }
        // Tasks take it along, but not this object.
        Journal journalOfTasks = journal;
        ended.addAll(progress.watch(
                        new TaskProgress.Work(label, left.size(), left.size(), steps),
                        TrainingResources.request(
                                spark.parallelize(left, left.size())
                                        .map(training -> run(training, type, work, journalOfTasks)),
                                gpus),
                        listener)
                .collect());
        return ended;
    }

    /** The trainings that have a result in the journal. */
    public <T extends Training, R> List<Ended<T, R>> journalled(List<T> trainings, Class<R> type) {
        Set<String> keys = journal.keys();
        return trainings.stream()
                .filter(training -> keys.contains(training.journalKey()))
                .flatMap(training -> journal
                        .result(training.journalKey())
                        .flatMap(json -> TrialResultJson.read(json, type))
                        .map(result -> new Ended<>(training, result))
                        .stream())
                .toList();
    }

    /** One training inside a Spark task. */
    private static <T extends Training, R> Ended<T, R> run(
            T training, Class<R> type, Work<T, R> work, Journal journal) {
        TrialResult<R> result = TrialResult.of(work.prepared(training));
        if (result instanceof TrialResult.Completed<R>) {
            journal.add(training.journalKey(), TrialResultJson.write(result, type));
        }
        return new Ended<>(training, result);
    }
}
