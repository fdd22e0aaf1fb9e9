package org.evonorm.rerank;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.evonorm.data.Batch;
import org.evonorm.data.Dataset;
import org.evonorm.data.TrainingBatches;
import org.evonorm.engine.Score;
import org.evonorm.engine.dl4j.ParameterAveraging;
import org.evonorm.graph.Layer;
import org.evonorm.network.Network;
import org.evonorm.search.spark.GpuOfTask;
import org.evonorm.search.spark.TaskEngine;
import org.evonorm.search.spark.TrainingResources;
import org.evonorm.search.trial.PartitionedTrainings;
import org.evonorm.settings.EngineName;
import org.evonorm.settings.GpuSettings;
import org.evonorm.training.LearningRate;
import org.evonorm.training.LocalSgd;
import org.evonorm.training.PartitionTask;
import org.evonorm.training.TrainingResult;
import org.evonorm.training.TrainingSeed;
import org.evonorm.training.TrainingSettings;

/**
 * A training on partitioned data by dl4j-spark, led by the driver. The rounds, and each partition's batches, are those
 * that {@link PartitionedTrainings} has, so that the two end alike but for roundings.
 *
 * @param gpus what its tasks ask Spark for
 */
public record AveragedTraining(JavaSparkContext spark, GpuSettings gpus, Task task) {

    /**
     * What a task of it needs.
     *
     * @param images the parts of which partitions have one each
     * @param gpu    that the task takes
     */
    record Task(
            Images images, GpuOfTask gpu, Network network, Layer layer, TrainingSettings settings, TrainingSeed seed)
            implements Serializable {

        /** In a task, with the step that each partition is at. */
        Score score(int partition, int step, float[] state) {
            LocalSgd.Round scoring = new LocalSgd.Round(0, step, step, true);
            return new PartitionTask(partition, scoring, Optional.of(state))
                    .run(
                            TaskEngine.of(EngineName.DL4J, gpu.index()),
                            network,
                            layer,
                            images.of(partition),
                            settings,
                            1,
                            seed.seed())
                    .contribution()
                    .score();
        }

        Iterator<Batch> batches(int partition, LocalSgd.Round round) {
            Dataset part = images.of(partition);
            TrainingBatches batches = new TrainingBatches(
                    part.training(),
                    part.standardization(),
                    settings.batchSize(),
                    settings.cropSize(),
                    seed.batches(partition));
            batches.skip(round.from());
            return Stream.generate(batches::next)
                    .limit(round.to() - round.from())
                    .iterator();
        }
    }

    /** Gives the images of a partition, inside a Spark task. */
    interface Images extends Serializable {
        Dataset of(int partition);
    }

    /** A worker's batches of a round. */
    private record Worker(Task task, LocalSgd.Round round) implements ParameterAveraging.Worker {

        @Override
        public OptionalInt gpu() {
            return task.gpu.index();
        }

        @Override
        public Iterator<Batch> batches(int worker) {
            return task.batches(worker, round);
        }
    }

    /** What has happened so far. */
    private static final class Course {
        private final List<TrainingResult.CurvePoint> curve = new ArrayList<>();
        private final long start = System.nanoTime();
        private double trainingSeconds;
        private double lossSum;
        private int lossCount;
    }

    /**
     * Trains. Training losses are those of the last batches of rounds; seconds are wall time, whatever the number of
     * workers.
     *
     * @throws IllegalStateException if the DL4J engine cannot run on the driver's machine
     */
    TrainingResult train() {
        TrainingSettings settings = task.settings;
        LocalSgd sgd = settings.localSgd();
        Course course = new Course();
        try (ParameterAveraging averaging = new ParameterAveraging(
                spark, task.network, task.layer, task.seed.parameters(), sgd.partitions(), sgdSettings())) {
            Score score = Score.NONE;
            for (LocalSgd.Round round : LocalSgd.rounds(settings)) {
                int steps = sgd.steps(round.from());
                if (round.scored()) {
                    score = score(round.from(), averaging.state());
                    if (!Double.isFinite(score.loss())) {
                        return result(course, Score.NONE, steps);
                    }
                    course.curve.add(
                            new TrainingResult.CurvePoint(steps, course.lossSum / course.lossCount, score.accuracy()));
                    course.lossSum = 0;
                    course.lossCount = 0;
                }
                if (!round.isLast() && !isTaken(averaging, round, course)) {
                    return result(course, Score.NONE, steps);
                }
            }
            return result(course, score, sgd.steps(LocalSgd.stepsPerPartition(settings)));
        }
    }

    private ParameterAveraging.SgdSettings sgdSettings() {
        TrainingSettings settings = task.settings;
        LearningRate rates = LearningRate.of(settings);
        return new ParameterAveraging.SgdSettings(
                settings.batchSize(),
                settings.localSgd().localSteps(),
                IntStream.range(0, LocalSgd.stepsPerPartition(settings))
                        .mapToDouble(step -> rates.at(settings.localSgd().steps(step)))
                        .toArray(),
                settings.momentum(),
                settings.weightDecay());
    }

    /** Whether a round's last losses were finite. */
    private boolean isTaken(ParameterAveraging averaging, LocalSgd.Round round, Course course) {
        long start = System.nanoTime();
        double loss = averaging.round(round.from(), partitions(), new Worker(task, round));
        course.trainingSeconds += (System.nanoTime() - start) * 1e-9;
        course.lossSum += loss;
        course.lossCount++;
        return Double.isFinite(loss);
    }

    private Score score(int step, float[] state) {
        Task task = this.task;
        Broadcast<float[]> shared = spark.broadcast(state);
        try {
            return partitions().map(partition -> task.score(partition, step, shared.value())).collect().stream()
                    .reduce(Score.NONE, Score::plus);
        } finally {
            shared.destroy();
        }
    }

    private JavaRDD<Integer> partitions() {
        int count = task.settings.localSgd().partitions();
        return TrainingResources.request(
                spark.parallelize(IntStream.range(0, count).boxed().toList(), count), gpus);
    }

    /** Without a score, it diverged. */
    private TrainingResult result(Course course, Score score, int steps) {
        boolean diverged = score.images() == 0;
        return new TrainingResult(
                diverged ? 0 : score.accuracy(),
                diverged ? Double.NaN : score.loss(),
                steps,
                diverged,
                course.curve,
                (System.nanoTime() - course.start) * 1e-9,
                (double) steps * task.settings.batchSize() / course.trainingSeconds);
    }
}
