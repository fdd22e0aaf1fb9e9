package org.evonorm.search.trial;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.StreamSupport;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.evonorm.search.spark.TaskProgress;
import org.evonorm.search.spark.TrainingResources;
import org.evonorm.settings.GpuSettings;
import org.evonorm.store.TrainingStates;
import org.evonorm.training.Contribution;
import org.evonorm.training.LocalSgd;
import org.evonorm.training.PartitionTask;
import org.evonorm.training.PartitionedTraining;
import org.evonorm.training.StateAverage;
import org.evonorm.training.TrainingResult;
import org.evonorm.training.TrainingSettings;
import scala.Tuple2;

/**
 * Local SGD on partitioned data (docs/design.md, "Partitioned data"), for many trainings in the same Spark jobs. There
 * is one job per round: its first Spark stage has one task per training and partition, and its second stage averages
 * their states. States are shuffled in chunks of flat arrays, and go from round to round by files in the run's folder,
 * so that a lost task is done again from the beginning of its round.
 *
 * @param states files of the states between rounds
 * @param work   work of a task of the first stage
 * @param bound  time bound of a part; a part that takes longer makes its training fail
 * @param gpu    GPUs of the tasks that train
 * @param <T>    type of the trainings
 */
public record PartitionedTrainings<T extends PartitionedTrainings.Training>(
        JavaSparkContext spark,
        TaskProgress progress,
        TrainingStates states,
        Work<T> work,
        TimeBound bound,
        GpuSettings gpu) {

    /** Floats of one chunk of a state; one task averages a chunk. */
    private static final int CHUNK = 1 << 20;

    /** A training. */
    public interface Training extends Serializable {

        /** A name of the training, unique within a call of {@link #train} and fit for a file's name. */
        String key();
    }

    /** Prepares the part of one partition in the thread of a Spark task, so that another thread can run it. */
    public interface Work<T> extends Serializable {
        /** The prepared work; it no longer needs the thread of the task. */
        Supplier<PartitionTask.Result> prepare(T training, PartitionTask part);
    }

    /** The part of one partition in a round of the training number {@code index}. */
    private record Part<T>(int index, T training, int partition) implements Serializable {}

    /**
     * One chunk of a partition's state after a round.
     *
     * @param index         index of the training
     * @param key           key of the training
     * @param number        number of the chunk, from 0
     * @param values        the floats of the chunk; empty if the part ended without a state
     * @param contributions the result of the part in its first chunk; empty in all others
     */
    private record Chunk(
            int index,
            String key,
            int number,
            int partition,
            float[] values,
            List<TrialResult<Contribution>> contributions)
            implements Serializable {}

    /** A training in progress, and its result once it ended. */
    private static final class Progress<T> {
        private final T training;
        private final PartitionedTraining rounds;
        private double seconds;
        private Optional<TrialResult<TrainingResult>> result = Optional.empty();

        Progress(T training, TrainingSettings settings) {
            this.training = training;
            this.rounds = new PartitionedTraining(settings);
        }

        /**
         * Adds a round with the results of all partitions, in their order; the first failure becomes the training's.
         */
        void add(LocalSgd.Round round, List<TrialResult<Contribution>> attempts) {
            List<Contribution> contributions = new ArrayList<>();
            for (TrialResult<Contribution> attempt : attempts) {
                seconds += attempt.seconds();
                if (attempt instanceof TrialResult.Completed<Contribution> completed) {
                    contributions.add(completed.value());
                } else if (result.isEmpty()) {
                    result = Optional.of(
                            new TrialResult.Failed<>(((TrialResult.Failed<Contribution>) attempt).reason(), seconds));
                }
            }
            if (result.isEmpty()) {
                String host = ((TrialResult.Completed<Contribution>) attempts.get(0)).host();
                result = rounds.add(round, contributions)
                        .map(ended -> new TrialResult.Completed<>(ended, seconds, host));
            }
        }
    }

    /**
     * Runs the trainings to their end.
     *
     * @param label    name of the jobs, for Spark's UI
     * @param listener receives the number of finished parts, of all rounds
     * @return the results, in the order of {@code trainings}
     */
    public List<TrialResult<TrainingResult>> train(
            List<T> trainings, TrainingSettings settings, String label, TaskProgress.Listener listener) {
        List<Progress<T>> running = trainings.stream()
                .map(training -> new Progress<>(training, settings))
                .toList();
        List<LocalSgd.Round> rounds = LocalSgd.rounds(settings);
        int partitions = settings.localSgd().partitions();
        int inRound = trainings.size() * partitions;
        int total = rounds.size() * inRound;
        states.clear();
        try {
            for (LocalSgd.Round round : rounds) {
                List<Part<T>> parts = parts(running, partitions);
                if (!parts.isEmpty()) {
                    // Parts of trainings that have ended count as done in proportion to the others.
                    runRound(round, parts, partitions, label, ofRound(listener, round.number(), inRound, total))
                            .forEach((index, attempts) -> running.get(index).add(round, attempts));
                    states.clear(round.number() - 1);
                }
            }
        } finally {
            states.clear();
        }
        listener.advanced(total, total);
        return running.stream().map(training -> training.result.orElseThrow()).toList();
    }

    /** A listener to the parts of one round, which passes them on as parts of all rounds. */
    private static TaskProgress.Listener ofRound(TaskProgress.Listener whole, int round, int inRound, int total) {
        return new TaskProgress.Listener() {
            private int parts = inRound;

            @Override
            public void advanced(int done, int all) {
                parts = all;
                whole.advanced(round * inRound + (int) ((long) inRound * done / all), total);
            }

            @Override
            public void running(double units) {
                whole.running(inRound * units / parts);
            }
        };
    }

    /** The parts of all trainings that have not ended. */
    private static <T> List<Part<T>> parts(List<Progress<T>> running, int partitions) {
        List<Part<T>> parts = new ArrayList<>();
        for (int index = 0; index < running.size(); index++) {
            Progress<T> training = running.get(index);
            for (int partition = 0; training.result.isEmpty() && partition < partitions; partition++) {
                parts.add(new Part<>(index, training.training, partition));
            }
        }
        return parts;
    }

    /**
     * Runs one round as a Spark job; returns the results of all partitions in their order, by index of the training.
     */
    private Map<Integer, List<TrialResult<Contribution>>> runRound(
            LocalSgd.Round round, List<Part<T>> parts, int partitions, String label, TaskProgress.Listener listener) {
        Work<T> work = this.work;
        TrainingStates states = this.states;
        TimeBound bound = this.bound;
        JavaRDD<Chunk> chunks = progress.watch(
                new TaskProgress.Work(label, parts.size(), parts.size(), round.to() - round.from()),
                TrainingResources.request(
                        spark.parallelize(parts, parts.size())
                                .flatMap(part -> trainPart(part, round, states, work, bound)
                                        .iterator()),
                        gpu),
                listener);
        Map<Integer, List<TrialResult<Contribution>>> attempts = new HashMap<>();
        // Scala's tuples of numbers have the same hash on every machine.
        chunks.groupBy(
                        chunk -> new Tuple2<>(chunk.index, chunk.number),
                        Math.min(parts.size(), spark.defaultParallelism()))
                .flatMap(group -> average(group._2, round, partitions, states).iterator())
                .collect()
                .forEach(training -> attempts.put(training._1, training._2));
        return attempts;
    }

    /** First Spark stage: runs the part of a partition from the shared state on, and cuts its new state into chunks. */
    private static <T extends Training> List<Chunk> trainPart(
            Part<T> part, LocalSgd.Round round, TrainingStates states, Work<T> work, TimeBound bound) {
        String key = part.training.key();
        // The shared state is read outside of the attempt: a file that cannot be read is not the candidate's fault.
        Optional<float[]> shared =
                round.number() == 0 ? Optional.empty() : Optional.of(states.read(key, round.number() - 1));
        TrialResult<PartitionTask.Result> attempt =
                attempt(work.prepare(part.training, new PartitionTask(part.partition, round, shared)), bound);
        float[] state = attempt instanceof TrialResult.Completed<PartitionTask.Result> completed
                ? completed.value().state().orElse(new float[0])
                : new float[0];
        List<TrialResult<Contribution>> contributions = List.of(attempt.map(PartitionTask.Result::contribution));
        List<Chunk> chunks = new ArrayList<>();
        do {
            int from = chunks.size() * CHUNK;
            chunks.add(new Chunk(
                    part.index,
                    key,
                    chunks.size(),
                    part.partition,
                    Arrays.copyOfRange(state, from, Math.min(from + CHUNK, state.length)),
                    chunks.isEmpty() ? contributions : List.of()));
        } while (chunks.size() * CHUNK < state.length);
        return chunks;
    }

    private static TrialResult<PartitionTask.Result> attempt(Supplier<PartitionTask.Result> work, TimeBound bound) {
        try {
            return bound.run(work)
                    .orElseGet(() -> new TrialResult.Failed<>(
                            "took longer than " + bound.most().toSeconds() + " s in one round",
                            bound.most().toMillis() * 1e-3));
        } catch (OutOfMemoryError e) {
            return new TrialResult.Failed<>("needs more memory than there is (" + e.getMessage() + ")", 0);
        }
    }

    /** Second Spark stage: averages a chunk, if all partitions have it, and passes on the results of the parts. */
    private static List<Tuple2<Integer, List<TrialResult<Contribution>>>> average(
            Iterable<Chunk> group, LocalSgd.Round round, int partitions, TrainingStates states) {
        List<Chunk> chunks = StreamSupport.stream(group.spliterator(), false)
                .sorted(Comparator.comparingInt(Chunk::partition))
                .toList();
        Chunk first = chunks.get(0);
        if (chunks.size() == partitions && chunks.stream().allMatch(chunk -> chunk.values.length > 0)) {
            states.write(
                    first.key,
                    round.number(),
                    first.number,
                    StateAverage.of(chunks.stream().map(Chunk::values).toList()));
        }
        return first.contributions.isEmpty()
                ? List.of()
                : List.of(new Tuple2<>(
                        first.index,
                        chunks.stream()
                                .flatMap(chunk -> chunk.contributions.stream())
                                .toList()));
    }
}
