package org.evonorm.rerank;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntConsumer;
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
import org.evonorm.settings.EngineName;
import org.evonorm.settings.GpuSettings;
import org.evonorm.training.LearningRate;
import org.evonorm.training.LocalSgd;
import org.evonorm.training.PartitionTask;
import org.evonorm.training.TrainingResult;
import org.evonorm.training.TrainingSeed;
import org.evonorm.training.TrainingSettings;

/**
 * A training on partitioned data by dl4j-spark's parameter averaging, led by the driver. Its rounds, and the batches of
 * each partition, come from {@link org.evonorm.search.trial.PartitionedTrainings}, so that both end with the same
 * result but for rounding.
 *
 * @param gpus GPUs of its Spark tasks
 * @param task the training, as its tasks need it
 */
public record AveragedTraining(JavaSparkContext spark, GpuSettings gpus, Task task) {

    /**
     * The training, as a Spark task of it needs it.
     *
     * @param images   the images of each partition
     * @param gpu      GPU of the task
     * @param network  network to train
     * @param layer    layer in the network's places
     * @param settings settings of the training, partitions included
     * @param seed     seed of the training
     */
    record Task(
            Images images, GpuOfTask gpu, Network network, Layer layer, TrainingSettings settings, TrainingSeed seed)
            implements Serializable {

        /** Scores a state on the validation images of one partition, after {@code step} steps of each partition. */
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

        /** The batches of one partition in one round. */
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

    /** The images of the partitions, loaded inside a Spark task. */
    interface Images extends Serializable {
        /** The images of one partition, from 0. */
        Dataset of(int partition);
    }

    /** A worker of dl4j-spark in one round, with the batches of its partition. */
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

    /** The learning curve and times so far. */
    private static final class Course {
        private final List<TrainingResult.CurvePoint> curve = new ArrayList<>();
        private final long start = System.nanoTime();
        private double trainingSeconds;
        private double lossSum;
        private int lossCount;
    }

    /**
     * Trains to the last round or to a loss that is not finite. Training losses of the result are those of the last
     * batches of rounds; its seconds are wall time, whatever the number of workers.
     *
     * @param taken receives the number of steps taken, after each round
     * @throws IllegalStateException if the DL4J engine cannot run on the driver's machine
     */
    TrainingResult train(IntConsumer taken) {
        TrainingSettings settings = task.settings;
        LocalSgd sgd = settings.localSgd();
        Course course = new Course();
        try (ParameterAveraging averaging = new ParameterAveraging(
                spark, task.network, task.layer, task.seed.parameters(), sgd.partitions(), sgdSettings())) {
            Score score = Score.NONE;
            for (LocalSgd.Round round : LocalSgd.rounds(settings)) {
                int steps = sgd.steps(round.from());
                taken.accept(steps);
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
                if (!round.isLast() && !trainRound(averaging, round, course)) {
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

    /** Runs the steps of a round; returns whether the last losses of the workers were finite. */
    private boolean trainRound(ParameterAveraging averaging, LocalSgd.Round round, Course course) {
        long start = System.nanoTime();
        double loss = averaging.round(round.from(), partitions(), new Worker(task, round));
        course.trainingSeconds += (System.nanoTime() - start) * 1e-9;
        course.lossSum += loss;
        course.lossCount++;
        return Double.isFinite(loss);
    }

    /** The score of a state on the validation images of all partitions, after {@code step} steps of each. */
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

    /** The result of the training; diverged without a score. */
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
