package org.evonorm.rerank;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.evonorm.evolution.Evaluated;
import org.evonorm.graph.Formula;
import org.evonorm.search.KnownAccuracies;
import org.evonorm.search.Search;
import org.evonorm.search.progress.SearchObserver;
import org.evonorm.search.spark.SearchInterruptedException;
import org.evonorm.settings.Accepted;
import org.evonorm.settings.RunConf;
import org.evonorm.settings.Settings;
import org.evonorm.settings.SettingsException;
import org.evonorm.store.LocalSpark;
import org.evonorm.store.RunFolder;
import org.evonorm.store.RunLease;
import org.evonorm.store.RunTables;
import org.evonorm.store.ScoredOn;
import org.evonorm.store.StartedRun;
import org.evonorm.store.TableFrames;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reranks of a small run on Spark and Parquet, with a trainer that draws accuracies. */
class RerankTest {

    private static SparkSession spark;
    private static Path searched;
    /** The run's best layers, in the order of the run's accuracies. */
    private static List<Evaluated> best;

    @TempDir
    private Path temporary;

    private Path run;

    @BeforeAll
    static void search(@TempDir Path folder) {
        spark = LocalSpark.session(2);
        searched = folder.resolve("searched");
        Settings settings = Settings.load(
                Optional.empty(),
                List.of(
                        "search.run=" + searched,
                        "search.generations=1",
                        "search.proposals=600",
                        "search.window=12",
                        "search.baselines=[]"));
        Search.run(spark, settings, new KnownAccuracies(), "1234", Accepted.NOTHING, SearchObserver.SILENT);
        best = RunTables.open(folder(searched)).bestOfFrontFirst(5);
        assertEquals(5, best.size());
    }

    @BeforeEach
    void copy() throws IOException {
        DrawnAccuracies.LEFT.set(-1);
        DrawnAccuracies.TRAININGS.set(0);
        run = copy("run");
    }

    private Path copy(String name) throws IOException {
        Path copy = temporary.resolve(name);
        try (Stream<Path> files = Files.walk(searched)) {
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve(searched.relativize(file)));
            }
        }
        return copy;
    }

    private static RunFolder folder(Path path) {
        return RunFolder.at(path.toString(), spark.sparkContext().hadoopConfiguration());
    }

    private static Settings settings(Path run, String... more) {
        List<String> overrides = new ArrayList<>(List.of(
                "search.run=" + run,
                "rerank.candidates=5",
                "rerank.baselines=[BN-ReLU, EvoNorm-S0]",
                "rerank.seeds=3",
                "rerank.keep=2"));
        overrides.addAll(List.of(more));
        return RunConf.settings(folder(run), Optional.empty(), overrides);
    }

    private static RerankSummary rerank(Settings settings) {
        return Rerank.run(spark, settings, new DrawnAccuracies("none"), false, RerankObserver.SILENT);
    }

    private RerankSummary rerank(String... more) {
        return rerank(settings(run, more));
    }

    /** All rows without times and hosts. */
    private static List<String> rows(Path run) {
        var table = TableFrames.rerank(spark, folder(run));
        String[] repeatable = Arrays.stream(table.columns())
                .filter(column -> !column.equals("host"))
                .toArray(String[]::new);
        return table.selectExpr(repeatable).toJSON().collectAsList().stream()
                .sorted()
                .toList();
    }

    private static List<String> ids(List<RerankedLayer> layers) {
        return layers.stream().map(layer -> layer.layer().id()).toList();
    }

    @Test
    void layersAreRankedByTheirMeansOverNetworksAndSeeds() {
        RerankSummary summary = rerank();
        assertEquals(7, summary.validation().size());
        Function<RerankedLayer, Double> mean = layer -> TableFrames.rerank(spark, folder(run))
                .where("scored_on = 'validation' and id = '" + layer.layer().id() + "'")
                .selectExpr("avg(accuracy)")
                .first()
                .getDouble(0);
        double previous = 1;
        for (RerankedLayer layer : summary.validation()) {
            assertEquals(mean.apply(layer), layer.overall().mean(), 1e-12);
            assertTrue(layer.overall().mean() <= previous);
            previous = layer.overall().mean();
        }
        List<String> found = ids(summary.validation().stream()
                .filter(layer -> layer.layer() instanceof RerankCandidate.Found)
                .toList());
        assertEquals(
                best.stream().map(member -> member.candidate().id()).sorted().toList(),
                found.stream().sorted().toList());
        assertEquals(
                new HashSet<>(found.subList(0, 2)),
                new HashSet<>(ids(summary.test().stream()
                        .filter(layer -> layer.layer() instanceof RerankCandidate.Found)
                        .toList())));
        assertEquals(4, summary.test().size());
    }

    @Test
    void deviationsAreThoseOfTheSample() {
        assertEquals(new MeanAndDeviation(2, 1), MeanAndDeviation.of(List.of(1.0, 2.0, 3.0)));
        assertTrue(Double.isNaN(MeanAndDeviation.of(List.of(0.5)).deviation()));
        RerankedLayer layer = new RerankedLayer(
                RerankCandidate.Found.of(best.get(0)),
                List.of(List.of(0.25, 0.75), List.of(0.5, 0.5)),
                Optional.empty());
        assertEquals(new MeanAndDeviation(0.5, Math.sqrt(0.125)), layer.in(0));
        assertEquals(new MeanAndDeviation(0.5, Math.sqrt(0.03125)), layer.overall());
    }

    @Test
    void everyTrainingIsARowWithItsSeedAndLayersShareSeeds() {
        rerank();
        List<Row> rows = TableFrames.rerank(spark, folder(run)).collectAsList();
        assertEquals(7 * 3 * 3 + 4 * 3 * 3, rows.size());
        assertEquals(
                2 * 3 * 3,
                rows.stream().map(row -> row.<Long>getAs("seed")).distinct().count());
        assertEquals(
                2 * 3 * 3,
                rows.stream()
                        .map(row -> row.<String>getAs("scored_on")
                                + row.getAs("network")
                                + row.<Integer>getAs("training")
                                + row.<Long>getAs("seed"))
                        .distinct()
                        .count());
        assertEquals(
                List.of("BN-ReLU", "EvoNorm-S0"),
                rows.stream()
                        .<String>map(row -> row.getAs("name"))
                        .filter(name -> name != null)
                        .distinct()
                        .sorted(Comparator.naturalOrder())
                        .toList());
    }

    @Test
    void theTestImagesAreLeftAloneWhereNothingIsKept() {
        assertEquals(List.of(), rerank("rerank.keep=0").test());
        assertEquals(
                0,
                TableFrames.rerank(spark, folder(run))
                        .where("scored_on = 'test'")
                        .count());
    }

    @Test
    void rowsDependNeitherOnCoresNorOnWhereTheRerankBroke() throws IOException {
        RerankSummary whole = rerank();
        Path other = copy("other");
        DrawnAccuracies.LEFT.set(30);
        assertThrows(Exception.class, () -> rerank(settings(other)));
        DrawnAccuracies.LEFT.set(-1);
        int done = rows(other).size();
        assertEquals(21, done, "one round of a seed each is committed");
        spark = LocalSpark.session(1);
        DrawnAccuracies.TRAININGS.set(0);
        RerankSummary continued = rerank(settings(other));
        // The journal has those of the second round that had ended, but for one that ended in the same moment.
        assertTrue(DrawnAccuracies.TRAININGS.get() <= 99 - 29, DrawnAccuracies.TRAININGS + " trainings");
        assertFalse(Files.exists(other.resolve("journal/rerank")));
        spark = LocalSpark.session(2);
        assertEquals(rows(run), rows(other));
        assertEquals(whole.validation(), continued.validation());
        assertEquals(whole.test(), continued.test());
    }

    @Test
    void whatIsThereIsNotTrainedAgainAndOtherSettingsStandBeside() {
        RerankSummary first = rerank();
        assertEquals(99, DrawnAccuracies.TRAININGS.getAndSet(0));
        assertEquals(first, rerank());
        assertEquals(0, DrawnAccuracies.TRAININGS.get());
        rerank("rerank.seeds=4", "rerank.baselines=[BN-ReLU, EvoNorm-S0, GN-ReLU]", "rerank.keep=0");
        assertEquals(8 * 3 * 4 - 63, DrawnAccuracies.TRAININGS.getAndSet(0));
        rerank("rerank.networks.resnet50.width=2", "rerank.keep=0");
        assertEquals(7 * 3, DrawnAccuracies.TRAININGS.getAndSet(0), "the other networks stay as they are");
        rerank("rerank.training.steps=3", "rerank.keep=0");
        assertEquals(63, DrawnAccuracies.TRAININGS.get());
        assertEquals(first, rerank());
        assertEquals(99 + 33 + 21 + 63, rows(run).size());
    }

    @Test
    void aFoundLayerThatFailsComesLastAndIsTriedAgainWhereThatIsAsked() {
        String broken = Formula.print(best.get(0).candidate().layer());
        RerankSummary summary =
                Rerank.run(spark, settings(run), new DrawnAccuracies(broken), false, RerankObserver.SILENT);
        RerankedLayer last = summary.validation().get(6);
        assertEquals(best.get(0).candidate().id(), last.layer().id());
        assertFalse(last.isCompleted());
        assertEquals(Optional.of("mobilenetv2: IllegalStateException: too large"), last.failure());
        List<Row> failures = TableFrames.rerankFailures(spark, folder(run)).collectAsList();
        assertEquals(3, failures.size());
        for (Row failure : failures) {
            assertEquals(last.layer().id(), failure.getAs("id"));
            assertEquals("IllegalStateException: too large", failure.getAs("reason"));
        }

        DrawnAccuracies.TRAININGS.set(0);
        List<String> started = new ArrayList<>();
        RerankSummary again =
                Rerank.run(spark, settings(run), new DrawnAccuracies("none"), false, new RerankObserver() {
                    @Override
                    public void scoringStarted(ScoredOn images, int missing, int known, int failed) {
                        started.add(missing + " missing, " + known + " known, " + failed + " failed");
                    }
                });
        assertEquals(List.of("0 missing, 60 known, 3 failed", "0 missing, 36 known, 0 failed"), started);
        assertEquals(0, DrawnAccuracies.TRAININGS.get());
        assertEquals(summary, again);

        RerankSummary retried =
                Rerank.run(spark, settings(run), new DrawnAccuracies("none"), true, RerankObserver.SILENT);
        assertTrue(retried.validation().stream().allMatch(RerankedLayer::isCompleted));
        assertTrue(rerank().validation().stream().allMatch(RerankedLayer::isCompleted), "what ended well counts");
    }

    @Test
    void aBaselineThatFailsEndsTheRerankAndLosesNothing() {
        String message = assertThrows(
                        IllegalStateException.class,
                        () -> Rerank.run(
                                spark,
                                settings(run, "rerank.baselines=[\"x * sigmoid(x)\"]"),
                                new DrawnAccuracies("x * sigmoid(x)"),
                                false,
                                RerankObserver.SILENT))
                .getMessage();
        assertEquals(
                "the baseline x * sigmoid(x) could not be trained in mobilenetv2: "
                        + "IllegalStateException: too large",
                message);
        assertEquals(6 * 3 * 3 - 3, rows(run).size());
    }

    @Test
    void anInterruptionLeavesCommittedRounds() {
        Thread reranking = Thread.currentThread();
        SearchInterruptedException interrupted = assertThrows(
                SearchInterruptedException.class,
                () -> Rerank.run(spark, settings(run), new DrawnAccuracies("none"), false, new RerankObserver() {
                    @Override
                    public void scoringAdvanced(ScoredOn images, int done, int missing) {
                        assertTrue(done >= 0 && done <= missing);
                        if (done >= 21) {
                            reranking.interrupt();
                        }
                    }
                }));
        Thread.interrupted();
        assertTrue(interrupted.getMessage().contains("stand in " + run + "/rerank"), interrupted.getMessage());
        assertTrue(rows(run).size() < 63);
        rerank();
        assertEquals(99, rows(run).size());
    }

    @Test
    void aRunWithoutTrainedLayersIsRefused() {
        Path empty = temporary.resolve("empty");
        StartedRun.in(folder(empty), "search {}, networks {}, data {}, training {}, rejection {}");
        String message = assertThrows(SettingsException.class, () -> rerank(settings(empty)))
                .getMessage();
        assertTrue(message.contains("the run in " + empty + " has committed no generation yet"), message);
    }

    @Test
    void aRunThatChangedItsImagesIsRefused() {
        Settings changed =
                settings(run, "data.training-images=100", "data.validation-images=20", "data.test-images=10");
        String images = changed.data().load().checksum();
        try (RunLease lease = RunLease.acquire(folder(run))) {
            RunConf.enter(folder(run), lease, changed, images, new Accepted(true, false));
        }
        String message = assertThrows(
                        SettingsException.class, () -> Rerank.run(spark, settings(run), RerankObserver.SILENT))
                .getMessage();
        assertTrue(
                message.contains("changed its images (from generation 2: data.test-images = 2000, now 10)"), message);
    }

    @Test
    void theSettingsAreThoseOfTheRunButForTheRerank() {
        assertEquals(600, settings(run).search().proposals());
        // The refusal comes before any training.
        String message = assertThrows(
                        SettingsException.class,
                        () -> Rerank.run(
                                spark,
                                settings(
                                        run,
                                        "search.window=13",
                                        "data.training-images=100",
                                        "data.validation-images=20",
                                        "data.test-images=10"),
                                RerankObserver.SILENT))
                .getMessage();
        assertTrue(message.contains("started with other settings (data.test-images = 2000, now 10;"), message);
        assertTrue(message.contains("search.window = 12, now 13"), message);
    }
}
