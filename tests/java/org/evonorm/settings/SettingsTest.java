package org.evonorm.settings;

import static org.evonorm.settings.Loading.refusal;
import static org.evonorm.settings.Loading.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.evonorm.evolution.Objective;
import org.evonorm.evolution.Selection;
import org.evonorm.graph.Baselines;
import org.evonorm.graph.Family;
import org.evonorm.graph.LayerGraph;
import org.evonorm.graph.Primitive;
import org.evonorm.graph.SearchSpace;
import org.evonorm.graph.TrainableVector;
import org.evonorm.network.AnchorNetworks;
import org.evonorm.network.NetworkRecipe;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {

    @Test
    void defaultsAreThePapersMethod() {
        Settings settings = with();
        assertEquals(AnchorNetworks.ofPaper(), settings.search().networks());
        assertEquals(2500, settings.search().window());
        assertEquals(0.05, settings.search().reproduction().tournament().share());
        assertEquals(
                new Selection.Pareto(),
                settings.search().reproduction().tournament().selection());
        assertEquals(0.5, settings.search().reproduction().randomShare());
        assertEquals(2, settings.search().reproduction().mutations());
        assertEquals(128, settings.training().batchSize());
        assertEquals(
                100,
                settings.rejection().quality().steps() - settings.training().warmupSteps());
        for (String name : AnchorNetworks.names()) {
            assertEquals(
                    new NetworkRecipe.Anchor(name, AnchorNetworks.proxyScale(name)),
                    settings.networks().get(name));
        }
    }

    @Test
    void theSearchSpaceIsThePapersUnlessSettingsSayOtherwise() {
        assertEquals(SearchSpace.of(Family.B), with().search().reproduction().space());
        SearchSpace erfToo = with("search.family=S", "search.primitives=[erf, paper]")
                .search()
                .reproduction()
                .space();
        assertEquals(
                Family.S.primitives().size() + 1,
                erfToo.primitives().size(),
                () -> erfToo.primitives().toString());
        SearchSpace pointwise = with(
                        "search.primitives=[mul, add, tanh, erf, rms]",
                        "search.vectors.v1.per=layer",
                        "search.vectors.v1.start=0.5",
                        "search.vectors.v0.per=none")
                .search()
                .reproduction()
                .space();
        assertEquals(
                List.of("add", "mul", "tanh", "erf", "rms_bwh", "rms_whc", "rms_wh", "rms_whcg"),
                pointwise.primitives().stream()
                        .map(Primitive::symbol)
                        .sorted(Comparator.comparingInt(List.of(
                                "add", "mul", "tanh", "erf", "rms_bwh", "rms_whc", "rms_wh", "rms_whcg")::indexOf))
                        .toList());
        assertEquals(
                new TrainableVector(TrainableVector.Per.LAYER, 0.5),
                pointwise.vectors().v1());
        assertEquals(List.of(LayerGraph.X, LayerGraph.ZERO, LayerGraph.V1), pointwise.initialNodes());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            value = {
                "search.primitives=[mean, std]#without an elementwise primitive",
                "search.primitives=[]#without an elementwise primitive",
                "search.primitives=[add, erff]#did you mean erf?",
                "search.primitives=[add, mean_bwh]#family S",
                "search.vectors.v0.per=pixel#search.vectors.v0.per",
                "search.vectors.v1.start=1e39#search.vectors.v1.start"
            })
    void anEmptySearchSpaceIsRefused(String setting, String part) {
        String refusal = assertThrows(SettingsException.class, () -> with("search.family=S", setting))
                .getMessage();
        assertTrue(refusal.contains(part), refusal);
    }

    @Test
    void listsChooseNetworksAndSelectionMayNameOne() {
        Settings settings = with("search.networks=[MobileNetV2, resnet50]", "search.selection=resnet50");
        assertEquals(List.of("mobilenetv2", "resnet50"), settings.search().networks());
        assertEquals(
                new Selection.OneNetwork(1),
                settings.search().reproduction().tournament().selection());
    }

    @Test
    void objectivesAreAccuracyAloneUnlessTheSettingsSayOtherwise() {
        assertEquals(List.of(Objective.ACCURACY), with().search().objectives());
        assertEquals(List.of(), with().search().furtherObjectives());
        Settings settings = with("search.objectives=[Step-Time, accuracy, passes]");
        assertEquals(
                List.of(Objective.STEP_TIME, Objective.PASSES),
                settings.search().furtherObjectives());
        assertEquals(
                new Selection.OneNetwork(0),
                with("search.objectives=[accuracy]", "search.selection=resnet50")
                        .search()
                        .reproduction()
                        .tournament()
                        .selection());
        for (String selection : List.of("average", "resnet50")) {
            String refusal = assertThrows(
                            SettingsException.class,
                            () -> with("search.objectives=[accuracy, passes]", "search.selection=" + selection))
                    .getMessage();
            assertTrue(
                    refusal.contains("search.selection must be pareto where search.objectives has more than accuracy"),
                    refusal);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"engine.name=dl4j", "training.partitions=2"})
    void robustnessIsScoredByTheCpuEngineOnAllImages(String other) {
        String objectives = "search.objectives=[accuracy, int8-accuracy, batch-4-accuracy]";
        assertEquals(
                List.of(Objective.INT8_ACCURACY, Objective.BATCH_4_ACCURACY),
                with(objectives).search().furtherObjectives());
        String refusal = assertThrows(SettingsException.class, () -> with(objectives, other))
                .getMessage();
        assertTrue(
                refusal.startsWith(other.substring(0, other.indexOf('='))) && refusal.contains("int8-accuracy"),
                refusal);
    }

    @Test
    void seedsMustBelongToTheFamily() {
        List<SeedLayer> seeds = with("search.seed-layers=[evonorm-s0]", "search.family=S")
                .search()
                .seedLayers();
        assertEquals(List.of(new SeedLayer("EvoNorm-S0", Baselines.get("EvoNorm-S0"))), seeds);
        String refusal = assertThrows(
                        SettingsException.class, () -> with("search.seed-layers=[evonorm-b0]", "search.family=S"))
                .getMessage();
        assertTrue(refusal.contains("'evonorm-b0'") && refusal.contains("search.family = B"), refusal);
    }

    @Test
    void baselinesAreNamesOrFormulas() {
        List<Baseline> baselines =
                with("search.baselines=[evonorm-b0, \"x*sigmoid(x)\"]").search().baselines();
        assertEquals(new Baseline("EvoNorm-B0", Baselines.get("EvoNorm-B0")), baselines.get(0));
        assertEquals("x * sigmoid(x)", baselines.get(1).name());
        assertEquals(List.of(), with("search.baselines=[]").search().baselines());
    }

    @ParameterizedTest
    @CsvSource({
        "search.yardsticks, search.baselines",
        "rerank.comparison, rerank.baselines",
        "rejection.quality.threshold, rejection.quality.ten-class-threshold"
    })
    void aRenamedKeyIsRefusedWithItsNewName(String before, String now) {
        assertEquals(
                "the setting " + before + " (--set " + before + "=[BN-ReLU]) is called " + now
                        + " since version 0.2.0; rename it",
                refusal(before + "=[BN-ReLU]"));
    }

    @ParameterizedTest
    @CsvSource({
        "search.generatons=3,            search.generations",
        "generations=3,                  search.generations",
        "training.learningrate=0.1,      training.learning-rate",
        "rejection.quality.ten-class-treshold=0.1, rejection.quality.ten-class-threshold",
        "networks.resnet.width=1,        networks.resnet50",
        "serach.seed=1,                  search",
    })
    void anUnknownKeyIsRefusedWithTheNearestKnownOne(String override, String nearest) {
        String message = refusal(override);
        String key = override.substring(0, override.indexOf('='));
        assertTrue(message.startsWith("there is no setting " + key.split("\\.")[0]), message);
        assertTrue(message.contains("did you mean " + nearest), message);
        assertTrue(message.contains("--set " + override + ")"), message);
    }

    @Test
    void aKeyThatIsLikeNoOtherGetsNoSuggestion() {
        String message = refusal("spark.master=local");
        assertTrue(message.contains("there is no setting spark") && message.contains("reference.conf lists"), message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "search.generations=three | search.generations must be a whole number of at least 0, not \"three\"",
                "search.generations=2.5 | must be a whole number of at least 0, not 2.5",
                "search.generations=-1 | must be a whole number of at least 0, not -1",
                "search.proposals=99999999999 | must be a whole number from 1 to 1000000",
                "rerank.candidates=0 | rerank.candidates must be a whole number of at least 1, not 0",
                "rerank.keep=-1 | rerank.keep must be a whole number of at least 0, not -1",
                "rerank.baselines=[BN-Relu6] | rerank.baselines (--set rerank.baselines=[BN-Relu6])",
                "rerank.networks.resnet50.width=9 | rerank.networks.resnet50: a network's width multiplier",
                "rerank.training.steps=no | rerank.training.steps must be a whole number",
                "search.survivors=-1 | search.survivors must be a whole number of at least 0, not -1",
                "search.rounds=0 | search.rounds must be a whole number of at least 1, not 0",
                "search.proposals=1000001 | search.proposals must be a whole number from 1 to 1000000, not 1000001",
                "search.mutations=1001 | search.mutations must be a whole number from 1 to 1000, not 1001",
                "rerank.seeds=1001 | rerank.seeds must be a whole number from 1 to 1000, not 1001",
                "data.training-images=500001 | data.training-images must be a whole number from 1 to 500000",
                "rerank.validation-images=500001 | a whole number from 1 to 500000",
                "search.max-duration=4000d | search.max-duration must be a time of at most ten years",
                "search.trial-max-duration=4000d | a time above 0 and of at most ten years",
                "search.proposals=null | search.proposals must be a whole number from 1 to 1000000, not null",
                "search.tournament-share=0 | above 0 and at most 1, not 0",
                "search.random-share=1.5 | from 0 to 1, not 1.5",
                "search.family=C | one of b, s, not \"C\"",
                "search.strategy=annealing | one of evolution, random",
                "search.selection=best | one of pareto, average, resnet50, mobilenetv2, efficientnetb0",
                "search.objectives=[accuracy, passes, Passes] | different names among accuracy, passes, saved-bytes,",
                "search.objectives=[accuracy, pases] | did you mean passes?",
                "search.objectives=[accuracy, int8-acuracy] | did you mean int8-accuracy?",
                "search.objectives=[] | search.objectives must be a list with accuracy",
                "search.objectives=[passes] | search.objectives must be a list with accuracy",
                "search.networks=[resnet50, resnet50] | different names among resnet50, mobilenetv2, efficientnetb0, convnext, vit",
                "search.networks=[vgg] | different names among",
                "search.networks=[resnet5] | vit, not [\"resnet5\"] (--set search.networks=[resnet5]); did you mean resnet50?",
                "search.nodes=1001 | search.nodes must be a whole number from 1 to 1000, not 1001",
                "search.networks=[] | at least one of",
                "search.networks=resnet50 vgg | a list of different names among resnet50",
                "search.baselines=[BN-Relu6] | there is no layer 'BN-Relu6'; did you mean BN-ReLU?",
                "search.seed-layers=[BN-Relu6] | there is no layer 'BN-Relu6'; did you mean BN-ReLU?",
                "search.baselines=[\"x * tanh(y)\"] | 'x * tanh(y)' is not a formula: column 10: found 'y'",
                "search.run= | search.run must be the location of a folder",
                "networks.resnet50.width=0 | networks.resnet50.width must be a number above 0, not 0",
                "networks.resnet50.width=9 | width multiplier must be above 0 and at most 8",
                "networks.resnet50.variant=tiny | one of cifar, full",
                "networks.resnet50=3 | networks.resnet50 is a section, not a value",
                "training.steps.more=3 | training.steps is a value, not a section",
                "training.momentum=1 | at least 0 and below 1, not 1",
                "training.learning-rate=NaN | a number above 0",
                "data.source=mnist | one of cifar, folder, numpy, parquet, synthetic",
                "data.source=parket | one of cifar, folder, numpy, parquet, synthetic, not \"parket\" (--set data.source=parket); did you mean parquet?",
                "data.source=cifar | data.path must be the folder or .tar.gz",
                "rejection.quality.enabled=maybe | on or off",
                "engine.name=gpu | engine.name must be one of cpu, dl4j, not \"gpu\"",
                "engine.threads=0 | at least 1, not 0",
                "search.networks={ | is not HOCON",
                "search.generations | must be of the form key=value",
                "=3 | must be of the form key=value",
            })
    void aValueThatCannotBeIsRefusedWithWhatWouldDo(String override, String part) {
        String message = refusal(override);
        assertTrue(message.contains(part), message);
        assertFalse(message.contains("\n"), message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.6", "-1", "2", "many", "0.5"})
    void aGpuIsSharedAsSparkShares(String amount) {
        assertTrue(
                refusal("engine.gpu.amount-per-training=" + amount).contains("engine.gpu.amount-per-training must be"));
    }

    @Test
    void executorsForTrainingsNeedTrainingsOnGpus() {
        assertTrue(refusal("engine.gpu.amount-per-executor=1").contains("amount-per-training is above 0"));
        assertEquals(
                new GpuSettings(0.25, 1, "/opt/gpus"),
                with(
                                "engine.gpu.amount-per-training=0.25",
                                "engine.gpu.amount-per-executor=1",
                                "engine.gpu.discovery-script=/opt/gpus")
                        .gpu());
    }

    static Stream<Path> presets() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("conf"))) {
            return files.filter(file -> file.toString().endsWith(".conf")).sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("presets")
    void presetsHoldKnownSettingsOnly(Path preset) {
        Settings settings = Settings.load(Optional.of(preset), List.of("data.path=somewhere"));
        assertFalse(settings.search().networks().isEmpty());
        String folder = "runs/" + preset.getFileName().toString().replace(".conf", "");
        assertTrue(
                List.of(settings.search().run(), settings.calibration().folder())
                        .contains(folder),
                folder);
    }
}
