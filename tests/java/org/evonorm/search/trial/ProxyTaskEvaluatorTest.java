package org.evonorm.search.trial;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.evonorm.evolution.CandidateStatus;
import org.evonorm.evolution.Evaluated;
import org.evonorm.graph.Baselines;
import org.evonorm.graph.Layer;
import org.evonorm.graph.LayerName;
import org.evonorm.search.Search;
import org.evonorm.search.progress.SearchObserver;
import org.evonorm.search.progress.SearchSummary;
import org.evonorm.search.spark.SearchImages;
import org.evonorm.settings.Settings;
import org.evonorm.store.LocalSpark;
import org.evonorm.training.TrainingResult;
import org.evonorm.training.TrainingStretch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real trainings of very small networks on few images. */
class ProxyTaskEvaluatorTest {

    private static final List<String> TINY = List.of(
            "search.networks=[mobilenetv2, resnet50]",
            "networks.mobilenetv2={width = 0.125, depth = 0.2}",
            "networks.resnet50={width = 0.125, depth = 0.2}",
            "data.training-images=100",
            "data.validation-images=40",
            "data.test-images=10",
            "training.steps=4",
            "training.batch-size=8",
            "training.crop-size=16",
            "training.warmup-steps=2",
            "training.score-every=2",
            "rejection.stability.steps=3",
            "rejection.stability.batch-size=4",
            "rejection.quality.steps=2",
            "rejection.quality.ten-class-threshold=0",
            "search.proposals=12",
            "search.generations=1",
            "search.baselines=[EvoNorm-S0]");

    private static Settings settings;
    private static CandidateEvaluator evaluator;

    @TempDir
    private static Path temporary;

    @BeforeAll
    static void drawImages() {
        settings = Settings.load(Optional.empty(), TINY);
        JavaSparkContext spark =
                JavaSparkContext.fromSparkContext(LocalSpark.session(2).sparkContext());
        evaluator = ProxyTaskEvaluator.of(
                settings, SearchImages.read(spark, settings.data()).source());
    }

    @Test
    void theLimitOfTheLossIsTheQualityFiltersAlone() {
        Settings limited = Settings.load(
                Optional.empty(),
                Stream.concat(
                                TINY.stream(),
                                Stream.of("search.hurdles=[2, 4]", "rejection.quality.loss-limit.mobilenetv2=0.01"))
                        .toList());
        TrainingStretch first = TrainingStretch.before(List.of(2, 4), 0);
        CandidateEvaluator strict = ProxyTaskEvaluator.of(
                limited,
                SearchImages.read(
                                JavaSparkContext.fromSparkContext(
                                        LocalSpark.session(2).sparkContext()),
                                limited.data())
                        .source());
        Layer layer = Baselines.get("EvoNorm-B0");
        TrainingResult filtered = strict.trainStretch(layer, "mobilenetv2", 5, first, Optional.empty(), true)
                .result();
        assertTrue(filtered.diverged());
        String reason = ((CandidateStatus.Rejected) strict.judgeAtFirstHurdle(layer, "mobilenetv2", filtered)).reason();
        assertTrue(reason.endsWith(" after 0 steps, above 0.0"), reason);
        for (boolean inFilter : new boolean[] {true, false}) {
            String network = inFilter ? "resnet50" : "mobilenetv2";
            TrainingResult free = strict.trainStretch(layer, network, 5, first, Optional.empty(), inFilter)
                    .result();
            assertEquals(2, free.steps());
            assertEquals(new CandidateStatus.Passed(), strict.judgeAtFirstHurdle(layer, network, free));
        }
    }

    @Test
    void aTrainingDependsOnItsArgumentsAlone() {
        TrainingResult one = evaluator.train(Baselines.get("EvoNorm-B0"), "mobilenetv2", 5);
        TrainingResult again = evaluator.train(Baselines.get("EvoNorm-B0"), "mobilenetv2", 5);
        assertEquals(4, one.steps());
        assertEquals(one.curve(), again.curve());
        assertEquals(one.loss(), again.loss());
        assertNotEquals(
                one.loss(),
                evaluator.train(Baselines.get("EvoNorm-B0"), "mobilenetv2", 6).loss());
        assertNotEquals(
                one.loss(),
                evaluator.train(Baselines.get("EvoNorm-B0"), "resnet50", 5).loss());
    }

    @Test
    void theQualityFilterTrainsTheSearchsNetworks() {
        assertInstanceOf(CandidateStatus.Passed.class, evaluator.checkQuality(Baselines.get("BN-ReLU"), 1));
        CandidateStatus status = evaluator.checkQuality(LayerName.parse("exp(exp(x))"), 1);
        assertEquals(
                CandidateStatus.Filter.QUALITY,
                assertInstanceOf(CandidateStatus.Rejected.class, status).filter());
    }

    @Test
    void largerNetworksCostMore() {
        assertTrue(evaluator.cost("resnet50") > evaluator.cost("mobilenetv2"));
    }

    @Test
    void aWholeSearchRunsOnRealTrainings() {
        SparkSession session = LocalSpark.session(2);
        Settings run = Settings.load(
                Optional.empty(),
                Stream.concat(TINY.stream(), Stream.of("search.run=" + temporary.resolve("run")))
                        .toList());
        SearchSummary summary = Search.run(session, run, SearchObserver.SILENT);
        assertEquals(1, summary.generations());
        Evaluated baseline = summary.baselines().get(0);
        assertEquals(2, baseline.fitness().accuracies().size());
        assertEquals(
                summary.baselines(),
                Search.run(session, run, SearchObserver.SILENT).baselines());
    }
}
