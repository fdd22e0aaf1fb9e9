package org.evonorm.rerank;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.evonorm.data.Dataset;
import org.evonorm.data.Datasets;
import org.evonorm.engine.dl4j.Dl4jEngine;
import org.evonorm.graph.Baselines;
import org.evonorm.network.Network;
import org.evonorm.network.Operator;
import org.evonorm.search.spark.GpuOfTask;
import org.evonorm.settings.GpuSettings;
import org.evonorm.store.LocalSpark;
import org.evonorm.training.LocalSgd;
import org.evonorm.training.PartitionTask;
import org.evonorm.training.PartitionedTraining;
import org.evonorm.training.ProxyTask;
import org.evonorm.training.RateDecay;
import org.evonorm.training.StateAverage;
import org.evonorm.training.TrainingResult;
import org.evonorm.training.TrainingSeed;
import org.evonorm.training.TrainingSettings;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whole trainings of a small network by dl4j-spark, compared with local SGD on the same engine. */
@Tag("long")
class AveragedTrainingTest {

    private static final Dataset DATA = Datasets.synthetic(1, 160, 60, 1);
    private static final Network NETWORK = new Network(
            "small",
            List.of(
                    new Operator.Convolution(Operator.IMAGES, 8, 3, 2, 1),
                    new Operator.Place(0),
                    new Operator.Convolution(1, 16, 3, 2, 1),
                    new Operator.Place(2),
                    new Operator.GlobalAveragePool(3),
                    new Operator.Dense(4, 10)));

    private static TrainingSettings settings(int partitions, int localSteps, double rate) {
        return new TrainingSettings(
                20, 16, 16, rate, RateDecay.COSINE, 4, 0.9, 1e-3, 10, new LocalSgd(partitions, localSteps));
    }

    private static TrainingResult averaged(TrainingSettings settings) {
        int partitions = settings.localSgd().partitions();
        return averaged(LocalSpark.session(2), settings, partition -> DATA.partition(partition, partitions));
    }

    private static TrainingResult averaged(
            SparkSession session, TrainingSettings settings, AveragedTraining.Images images) {
        return new AveragedTraining(
                        JavaSparkContext.fromSparkContext(session.sparkContext()),
                        new GpuSettings(0, 0, ""),
                        new AveragedTraining.Task(
                                images,
                                GpuOfTask.of(OptionalInt.empty()),
                                NETWORK,
                                Baselines.get("EvoNorm-B0"),
                                settings,
                                new TrainingSeed(7)))
                .train(steps -> {});
    }

    /** The same training as local SGD. */
    private static TrainingResult rounds(TrainingSettings settings) {
        PartitionedTraining training = new PartitionedTraining(settings);
        int partitions = settings.localSgd().partitions();
        List<Optional<float[]>> states = Collections.nCopies(partitions, Optional.empty());
        for (LocalSgd.Round round : LocalSgd.rounds(settings)) {
            List<PartitionTask.Result> taken = new ArrayList<>();
            for (int partition = 0; partition < partitions; partition++) {
                taken.add(new PartitionTask(partition, round, states.get(partition))
                        .run(
                                new Dl4jEngine(),
                                NETWORK,
                                Baselines.get("EvoNorm-B0"),
                                DATA.partition(partition, partitions),
                                settings,
                                1,
                                7));
            }
            Optional<TrainingResult> result = training.add(
                    round,
                    taken.stream().map(PartitionTask.Result::contribution).toList());
            if (result.isPresent()) {
                return result.get();
            }
            states = Collections.nCopies(
                    partitions,
                    Optional.of(StateAverage.of(taken.stream()
                            .map(part -> part.state().orElseThrow())
                            .toList())));
        }
        throw new AssertionError("the last round gives the result");
    }

    private static void assertAlike(TrainingResult expected, TrainingResult actual) {
        assertEquals(expected.loss(), actual.loss(), 1e-3 * expected.loss());
        assertEquals(
                expected.accuracy(), actual.accuracy(), 1.5 / DATA.validation().count());
        assertEquals(expected.steps(), actual.steps());
        assertEquals(
                expected.curve().stream().map(TrainingResult.CurvePoint::step).toList(),
                actual.curve().stream().map(TrainingResult.CurvePoint::step).toList());
    }

    @Test
    void oneWorkerEndsAsPlainTrainingDoes() {
        TrainingSettings settings = settings(1, 1, 0.05);
        TrainingResult plain =
                ProxyTask.train(new Dl4jEngine(), NETWORK, Baselines.get("EvoNorm-B0"), DATA, settings, 1, 7);
        TrainingResult averaged = averaged(settings);
        assertAlike(plain, averaged);
        for (int i = 0; i < plain.curve().size(); i++) {
            assertEquals(
                    plain.curve().get(i).trainingLoss(), averaged.curve().get(i).trainingLoss(), 1e-3);
        }
    }

    /** The rounds of three steps do not divide the steps of each worker. */
    @Test
    void twoWorkersLearnAsInRounds() {
        TrainingSettings settings = settings(2, 3, 0.2);
        TrainingResult averaged = averaged(settings);
        assertAlike(rounds(settings), averaged);
        assertTrue(averaged.loss() < Math.log(10) - 0.02, averaged.toString());
    }

    /** The first attempt of every task of a round, and of every scoring, is lost. */
    @Test
    void lostTasksAreDoneAgainAndChangeNothing() {
        TrainingSettings settings = settings(2, 3, 0.2);
        TrainingResult undisturbed = averaged(settings);
        TrainingResult disturbed = averaged(LocalSpark.session(2, 2), settings, partition -> {
            if (TaskContext.get().attemptNumber() == 0) {
                throw new IllegalStateException("this attempt is lost");
            }
            return DATA.partition(partition, 2);
        });
        assertEquals(undisturbed.loss(), disturbed.loss());
        assertEquals(undisturbed.curve(), disturbed.curve());
    }

    @Test
    void aDivergedTrainingIsAResult() {
        TrainingResult averaged = averaged(settings(2, 3, 1e20));
        assertTrue(averaged.diverged());
        assertEquals(0, averaged.accuracy());
        assertTrue(Double.isNaN(averaged.loss()));
        assertTrue(averaged.steps() < 20, averaged.toString());
    }
}
