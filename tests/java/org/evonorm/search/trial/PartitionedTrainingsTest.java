package org.evonorm.search.trial;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.SparkSession;
import org.evonorm.data.Dataset;
import org.evonorm.data.Datasets;
import org.evonorm.data.ImageCollection;
import org.evonorm.data.files.parquet.ParquetImages;
import org.evonorm.engine.cpu.CpuEngine;
import org.evonorm.graph.Baselines;
import org.evonorm.network.AnchorNetworks;
import org.evonorm.network.Network;
import org.evonorm.network.NetworkScale;
import org.evonorm.rerank.Rerank;
import org.evonorm.rerank.RerankObserver;
import org.evonorm.rerank.RerankSummary;
import org.evonorm.rerank.RerankedLayer;
import org.evonorm.search.Search;
import org.evonorm.search.progress.SearchObserver;
import org.evonorm.search.spark.TaskProgress;
import org.evonorm.settings.GpuSettings;
import org.evonorm.settings.Settings;
import org.evonorm.store.LocalSpark;
import org.evonorm.store.TableFrames;
import org.evonorm.store.TrainingStates;
import org.evonorm.training.Contribution;
import org.evonorm.training.LocalSgd;
import org.evonorm.training.PartitionTask;
import org.evonorm.training.ProxyTask;
import org.evonorm.training.RateDecay;
import org.evonorm.training.TrainingResult;
import org.evonorm.training.TrainingSettings;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real trainings of very small networks on partitioned data, as Spark tasks of which some are lost. */
@Tag("long")
class PartitionedTrainingsTest {

    private static final Dataset DATA = Datasets.synthetic(1, 120, 50, 1);
    private static final Set<String> LOST_ONCE = ConcurrentHashMap.newKeySet();

    @TempDir
    private Path temporary;

    /** A layer in a network. */
    private record Case(String layer, String network, long seed) implements PartitionedTrainings.Training {

        @Override
        public String key() {
            return layer + "-" + network + "-" + seed;
        }

        Network built() {
            return AnchorNetworks.of(network, new NetworkScale(0.125, 0.2, NetworkScale.Variant.CIFAR), 10);
        }

        PartitionTask.Result part(PartitionTask part, TrainingSettings settings) {
            return part.run(
                    new CpuEngine(),
                    built(),
                    Baselines.get(layer),
                    DATA.partition(part.partition(), settings.localSgd().partitions()),
                    settings,
                    1,
                    seed);
        }
    }

    private static final List<Case> CASES = List.of(
            new Case("EvoNorm-B0", "resnet50", 1),
            new Case("BN-ReLU", "mobilenetv2", 2),
            new Case("EvoNorm-S0", "mobilenetv2", 3));

    private static TrainingSettings settings(int partitions, int localSteps) {
        return new TrainingSettings(
                12, 8, 16, 0.1, RateDecay.COSINE, 3, 0.9, 1e-4, 6, new LocalSgd(partitions, localSteps));
    }

    private List<TrialResult<TrainingResult>> train(
            SparkSession session, List<Case> cases, TrainingSettings settings, PartitionedTrainings.Work<Case> work) {
        return train(session, cases, settings, work, new TimeBound(Duration.ofMinutes(5)));
    }

    private List<TrialResult<TrainingResult>> train(
            SparkSession session,
            List<Case> cases,
            TrainingSettings settings,
            PartitionedTrainings.Work<Case> work,
            TimeBound bound) {
        JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
        TaskProgress progress = new TaskProgress(spark);
        List<Integer> heard = new ArrayList<>();
        session.sparkContext().addSparkListener(progress);
        try {
            return new PartitionedTrainings<Case>(
                            spark,
                            progress,
                            TrainingStates.in(
                                    new org.apache.hadoop.fs.Path(
                                            temporary.resolve("run/states").toString()),
                                    spark.hadoopConfiguration()),
                            work,
                            bound,
                            new GpuSettings(0, 0, ""))
                    .train(cases, settings, "train", (done, total) -> {
                        assertTrue(heard.isEmpty() || (done >= heard.get(heard.size() - 1) && done <= total));
                        heard.add(done);
                    });
        } finally {
            session.sparkContext().removeSparkListener(progress);
            assertEquals(0, heard.get(0));
            assertFalse(Files.exists(temporary.resolve("run/states")));
        }
    }

    private static List<Object> outcomes(List<TrialResult<TrainingResult>> attempts) {
        return attempts.stream()
                .map(attempt -> outcome(((TrialResult.Completed<TrainingResult>) attempt).value()))
                .toList();
    }

    /** A result without its times. */
    private static Object outcome(TrainingResult result) {
        return List.of(result.accuracy(), result.loss(), result.steps(), result.diverged(), result.curve());
    }

    @Test
    void onePartitionIsPlainTrainingToTheBit() {
        TrainingSettings settings = settings(1, 3);
        List<Object> plain = CASES.stream()
                .map(training -> outcome(ProxyTask.train(
                        new CpuEngine(),
                        training.built(),
                        Baselines.get(training.layer),
                        DATA,
                        settings,
                        1,
                        training.seed)))
                .toList();
        assertEquals(
                plain,
                outcomes(train(
                        LocalSpark.session(2),
                        CASES,
                        settings,
                        (training, part) -> () -> training.part(part, settings))));
    }

    @Test
    void lostTasksAndOtherCoresChangeNothing() {
        TrainingSettings settings = settings(3, 2);
        List<TrialResult<TrainingResult>> undisturbed =
                train(LocalSpark.session(1), CASES, settings, (training, part) -> () -> training.part(part, settings));
        LOST_ONCE.clear();
        List<TrialResult<TrainingResult>> disturbed =
                train(LocalSpark.session(2, 3), CASES, settings, (training, part) -> () -> {
                    PartitionTask.Result taken = training.part(part, settings);
                    if ((part.partition() + part.round().number()) % 2 == 0
                            && LOST_ONCE.add(training.key() + part.partition() + "/"
                                    + part.round().number())) {
                        throw new AssertionError("the executor is lost");
                    }
                    return taken;
                });
        assertTrue(LOST_ONCE.size() >= 9, LOST_ONCE.toString());
        assertEquals(outcomes(undisturbed), outcomes(disturbed));
        assertEquals(
                12,
                ((TrialResult.Completed<TrainingResult>) disturbed.get(0))
                        .value()
                        .steps());
    }

    @Test
    void everyRoundBeginsWithTheMeanOfThePartitionsStates() {
        TrainingSettings settings = settings(2, 2);
        Case training = CASES.get(0);
        Optional<float[]> shared = Optional.empty();
        double correct = 0;
        for (LocalSgd.Round round : LocalSgd.rounds(settings)) {
            List<float[]> states = new ArrayList<>();
            correct = 0;
            for (int partition = 0; partition < 2; partition++) {
                PartitionTask.Result taken = training.part(new PartitionTask(partition, round, shared), settings);
                correct += taken.contribution().score().correct();
                taken.state().ifPresent(states::add);
            }
            if (states.size() == 2) {
                assertFalse(Arrays.equals(states.get(0), states.get(1)));
                float[] mean = new float[states.get(0).length];
                for (int i = 0; i < mean.length; i++) {
                    mean[i] = (float) (0.5 * ((double) states.get(0)[i] + states.get(1)[i]));
                }
                shared = Optional.of(mean);
            }
        }
        TrainingResult result = ((TrialResult.Completed<TrainingResult>) train(
                                LocalSpark.session(2),
                                List.of(training),
                                settings,
                                (given, part) -> () -> given.part(part, settings))
                        .get(0))
                .value();
        assertEquals(correct / DATA.validation().count(), result.accuracy());
    }

    @Test
    void aPartitionThatDivergesOrFailsEndsItsTrainingAlone() {
        TrainingSettings settings = settings(2, 2);
        List<TrialResult<TrainingResult>> attempts =
                train(LocalSpark.session(2), CASES, settings, (training, part) -> () -> {
                    PartitionTask.Result taken = training.part(part, settings);
                    if (part.round().number() == 1 && part.partition() == 1 && training.seed == 1) {
                        Contribution told = taken.contribution();
                        return new PartitionTask.Result(
                                new Contribution(
                                        told.score(),
                                        new double[] {told.losses()[0]},
                                        told.trainingSeconds(),
                                        told.seconds()),
                                Optional.empty());
                    }
                    if (part.round().number() == 1 && training.seed == 2) {
                        throw new IllegalStateException("no good in partition " + part.partition());
                    }
                    return taken;
                });
        TrainingResult diverged = ((TrialResult.Completed<TrainingResult>) attempts.get(0)).value();
        assertTrue(diverged.diverged());
        assertEquals(6, diverged.steps());
        assertEquals(0, diverged.accuracy());
        assertEquals(
                "IllegalStateException: no good in partition 0",
                assertInstanceOf(TrialResult.Failed.class, attempts.get(1)).reason());
        assertFalse(((TrialResult.Completed<TrainingResult>) attempts.get(2))
                .value()
                .diverged());
    }

    @Test
    void aPartThatHangsFailsItsTrainingAlone() {
        TrainingSettings settings = settings(2, 2);
        List<TrialResult<TrainingResult>> attempts = train(
                LocalSpark.session(2),
                CASES.subList(0, 2),
                settings,
                (training, part) -> () -> {
                    if (training.seed == 2 && part.round().number() == 1 && part.partition() == 1) {
                        hang();
                    }
                    return training.part(part, settings);
                },
                new TimeBound(Duration.ofSeconds(8)));
        assertFalse(((TrialResult.Completed<TrainingResult>) attempts.get(0))
                .value()
                .diverged());
        assertEquals(
                "took longer than 8 s in one round",
                assertInstanceOf(TrialResult.Failed.class, attempts.get(1)).reason());
    }

    /** Sleeps until this thread is interrupted. */
    private static void hang() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aSearchAndItsRerankTrainOnPartitionsOfImagesInParquet() {
        SparkSession session = LocalSpark.session(2);
        Dataset drawn = Datasets.synthetic(1, 200, 1, 10);
        Path images = temporary.resolve("images");
        ParquetImages.write(
                new ImageCollection("drawn", drawn.classes(), List.of(), drawn.training(), drawn.test()),
                images.toString(),
                session.sparkContext().hadoopConfiguration());
        Path run = temporary.resolve("search");
        Settings settings = Settings.load(
                Optional.empty(),
                List.of(
                        "search.run=" + run,
                        "search.generations=0",
                        "search.networks=[mobilenetv2]",
                        "search.baselines=[]",
                        "search.seed-layers=[EvoNorm-B0]",
                        "networks.mobilenetv2={width = 0.125, depth = 0.2}",
                        "data.training-images=100",
                        "data.validation-images=40",
                        "data.source=parquet",
                        "data.path=" + images,
                        "training.steps=3",
                        "training.batch-size=8",
                        "training.crop-size=16",
                        "training.local-steps=1",
                        "training.partitions=2",
                        "rerank.networks.mobilenetv2={width = 0.125, depth = 0.2}",
                        "rerank.training.steps=6",
                        "rerank.baselines=[EvoNorm-S0]",
                        "rerank.candidates=1",
                        "rerank.keep=1",
                        "rerank.seeds=1",
                        "rerank.validation-images=30"));
        Search.run(session, settings, SearchObserver.SILENT);
        TableFrames tables = TableFrames.open(
                session, settings.search().folder(session.sparkContext().hadoopConfiguration()));
        // Two steps per partition, one step more in total than asked for.
        assertEquals(
                List.of(4),
                tables.evaluations().select("steps").as(Encoders.INT()).collectAsList());
        RerankSummary reranked = Rerank.run(session, settings, RerankObserver.SILENT);
        assertEquals(2, reranked.test().size());
        assertTrue(reranked.test().stream().allMatch(RerankedLayer::isCompleted));
        assertFalse(Files.exists(run.resolve("states")));
    }
}
