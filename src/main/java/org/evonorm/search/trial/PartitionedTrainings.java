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
 * Trainings on partitioned data, all of them in the same Spark jobs: one a round, in which each partition of each training
 * is a task of the first stage, and the second stage averages what they came to. States are shuffled in stretches of flat
 * arrays, and go from round to round by files in the run's folder, so that a task that is lost begins where the round did.
 *
 * @param states where the states are between rounds
 * @param work   what a task does
 * @param bound  on the time that a part may take; one that takes longer breaks its training
 * @param gpu    what tasks that train ask Spark for
 */
public record PartitionedTrainings<T extends PartitionedTrainings.Training>(
        JavaSparkContext spark,
        TaskProgress progress,
        TrainingStates states,
        Work<T> work,
        TimeBound bound,
        GpuSettings gpu) {

    /** Values of one stretch of a state, which go to one task that averages. */
    private static final int STRETCH = 1 << 20;

    /** What is trained. */
    public interface Training extends Serializable {

        /** Tells trainings of one call apart, and is fit for a file's name. */
        String key();
    }

    /** Prepares the part of a partition in the thread of a Spark task, so that another thread can do it. */
    public interface Work<T> extends Serializable {
        Supplier<PartitionTask.Result> prepare(T training, PartitionTask part);
    }

    /** One partition's part of a round. */
    private record Part<T>(int index, T training, int partition) implements Serializable {}

    /** One stretch of what a partition came to, empty if it came to none; the first brings along what is told of it. */
    private record Stretch(
            int index, String key, int number, int partition, float[] values, List<TrialResult<Contribution>> told)
            implements Serializable {}

    /** A training that goes on, or how it ended. */
    private static final class Course<T> {
        private final T training;
        private final PartitionedTraining rounds;
        private double seconds;
        private Optional<TrialResult<TrainingResult>> end = Optional.empty();

        Course(T training, TrainingSettings settings) {
            this.training = training;
            this.rounds = new PartitionedTraining(settings);
        }

        /** Takes what each partition told of a round; the first failure is the training's. */
        void add(LocalSgd.Round round, List<TrialResult<Contribution>> told) {
            List<Contribution> contributions = new ArrayList<>();
            for (TrialResult<Contribution> attempt : told) {
                seconds += attempt.seconds();
                if (attempt instanceof TrialResult.Completed<Contribution> completed) {
                    contributions.add(completed.value());
                } else if (end.isEmpty()) {
                    end = Optional.of(
                            new TrialResult.Failed<>(((TrialResult.Failed<Contribution>) attempt).reason(), seconds));
                }
            }
            if (end.isEmpty()) {
                String host = ((TrialResult.Completed<Contribution>) told.get(0)).host();
                end = rounds.add(round, contributions)
                        .map(result -> new TrialResult.Completed<>(result, seconds, host));
            }
        }
    }

    /**
     * Does the trainings.
     *
     * @param label    of the jobs, for Spark's UI
     * @param listener hears how many parts of all rounds are done
     * @return what came of each, in the order given
     */
    public List<TrialResult<TrainingResult>> train(
            List<T> trainings, TrainingSettings settings, String label, TaskProgress.Listener listener) {
        List<Course<T>> courses = trainings.stream()
                .map(training -> new Course<>(training, settings))
                .toList();
        List<LocalSgd.Round> rounds = LocalSgd.rounds(settings);
        int partitions = settings.localSgd().partitions();
        int inRound = trainings.size() * partitions;
        int total = rounds.size() * inRound;
        states.clear();
        try {
            for (LocalSgd.Round round : rounds) {
                List<Part<T>> parts = parts(courses, partitions);
                if (!parts.isEmpty()) {
                    // Trainings that have ended count as if their parts were done with the others'.
                    run(
                                    round,
                                    parts,
                                    partitions,
                                    label,
                                    (done, all) -> listener.advanced(
                                            round.number() * inRound + (int) ((long) inRound * done / all), total))
                            .forEach((index, told) -> courses.get(index).add(round, told));
                    states.clear(round.number() - 1);
                }
            }
        } finally {
            states.clear();
        }
        listener.advanced(total, total);
        return courses.stream().map(course -> course.end.orElseThrow()).toList();
    }

    /** The parts of all trainings that go on. */
    private static <T> List<Part<T>> parts(List<Course<T>> courses, int partitions) {
        List<Part<T>> parts = new ArrayList<>();
        for (int index = 0; index < courses.size(); index++) {
            for (int partition = 0; courses.get(index).end.isEmpty() && partition < partitions; partition++) {
                parts.add(new Part<>(index, courses.get(index).training, partition));
            }
        }
        return parts;
    }

    /** Runs a round, and gives what each partition told of each training, in order. */
    private Map<Integer, List<TrialResult<Contribution>>> run(
            LocalSgd.Round round, List<Part<T>> parts, int partitions, String label, TaskProgress.Listener listener) {
        Work<T> work = this.work;
        TrainingStates states = this.states;
        TimeBound bound = this.bound;
        JavaRDD<Stretch> stretches = progress.watch(
                label,
                parts.size(),
                parts.size(),
                TrainingResources.request(
                        spark.parallelize(parts, parts.size())
                                .flatMap(part ->
                                        take(part, round, states, work, bound).iterator()),
                        gpu),
                listener);
        Map<Integer, List<TrialResult<Contribution>>> told = new HashMap<>();
        // Scala's tuples of numbers have the same hash on every machine.
        stretches
                .groupBy(
                        stretch -> new Tuple2<>(stretch.index, stretch.number),
                        Math.min(parts.size(), spark.defaultParallelism()))
                .flatMap(group -> average(group._2, round, partitions, states).iterator())
                .collect()
                .forEach(training -> told.put(training._1, training._2));
        return told;
    }

    /** In the first stage: does a partition's part from the shared state on, and cuts what it came to into stretches. */
    private static <T extends Training> List<Stretch> take(
            Part<T> part, LocalSgd.Round round, TrainingStates states, Work<T> work, TimeBound bound) {
        String key = part.training.key();
        // What cannot be read is not the candidate's fault, and read outside of the attempt.
        Optional<float[]> shared =
                round.number() == 0 ? Optional.empty() : Optional.of(states.read(key, round.number() - 1));
        TrialResult<PartitionTask.Result> attempt =
                attempt(work.prepare(part.training, new PartitionTask(part.partition, round, shared)), bound);
        float[] state = attempt instanceof TrialResult.Completed<PartitionTask.Result> completed
                ? completed.value().state().orElse(new float[0])
                : new float[0];
        List<TrialResult<Contribution>> told = List.of(attempt.map(PartitionTask.Result::contribution));
        List<Stretch> stretches = new ArrayList<>();
        do {
            int from = stretches.size() * STRETCH;
            stretches.add(new Stretch(
                    part.index,
                    key,
                    stretches.size(),
                    part.partition,
                    Arrays.copyOfRange(state, from, Math.min(from + STRETCH, state.length)),
                    stretches.isEmpty() ? told : List.of()));
        } while (stretches.size() * STRETCH < state.length);
        return stretches;
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

    /** In the second stage: averages a stretch, if all partitions came to it, and passes on what they told. */
    private static List<Tuple2<Integer, List<TrialResult<Contribution>>>> average(
            Iterable<Stretch> group, LocalSgd.Round round, int partitions, TrainingStates states) {
        List<Stretch> stretches = StreamSupport.stream(group.spliterator(), false)
                .sorted(Comparator.comparingInt(Stretch::partition))
                .toList();
        Stretch first = stretches.get(0);
        if (stretches.size() == partitions && stretches.stream().allMatch(stretch -> stretch.values.length > 0)) {
            states.write(
                    first.key,
                    round.number(),
                    first.number,
                    StateAverage.of(stretches.stream().map(Stretch::values).toList()));
        }
        return first.told.isEmpty()
                ? List.of()
                : List.of(new Tuple2<>(
                        first.index,
                        stretches.stream()
                                .flatMap(stretch -> stretch.told.stream())
                                .toList()));
    }
}
