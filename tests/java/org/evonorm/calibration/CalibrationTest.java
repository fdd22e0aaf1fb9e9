package org.evonorm.calibration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.SparkException;
import org.apache.spark.sql.SparkSession;
import org.evonorm.graph.CandidateIdentity;
import org.evonorm.graph.Formula;
import org.evonorm.graph.Layer;
import org.evonorm.graph.LayerName;
import org.evonorm.search.KnownSearch;
import org.evonorm.search.spark.SearchInterruptedException;
import org.evonorm.settings.ProxySettings;
import org.evonorm.settings.Settings;
import org.evonorm.settings.SettingsException;
import org.evonorm.store.CalibrationRow;
import org.evonorm.store.CalibrationTable;
import org.evonorm.store.LocalSpark;
import org.evonorm.store.RunFolder;
import org.evonorm.store.RunLease;
import org.evonorm.store.RunTables;
import org.evonorm.store.StoreException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Calibrations on Spark and Parquet, with a trainer that draws accuracies. */
class CalibrationTest {

    private static final List<String> LAYERS =
            List.of("BN-ReLU", "GN-ReLU", "LN-ReLU", "BN-Swish", "EvoNorm-B0", "EvoNorm-S0", "tanh(x)", "x * x");
    private static final List<String> RUNGS = List.of("small@5", "small@10", "small", "wide", "reference");
    /** Trainings of the eight layers: two networks in wide, which takes one, and in the others. */
    private static final int TRAININGS = 8 * (2 + 1 + 2 * 2);

    private static SparkSession spark;

    @TempDir
    private Path temporary;

    private Path folder;

    @BeforeAll
    static void start() {
        spark = LocalSpark.session(2);
    }

    @BeforeEach
    void reset() {
        DrawnTrainer.reset();
        folder = temporary.resolve("calibration");
    }

    private Settings settings(String... more) {
        List<String> overrides = new ArrayList<>(List.of(
                "calibration.folder=" + folder,
                "calibration.layers=["
                        + String.join(
                                ", ",
                                LAYERS.stream().map(name -> '"' + name + '"').toList()) + "]",
                "calibration.reference.train-in=[resnet50, mobilenetv2]",
                "calibration.reference.training.steps=40",
                "calibration.reference.seeds=2",
                "calibration.rungs.small={ networks.resnet50.width = 0.125, training.steps = 20, at-steps = [5, 10] }",
                "calibration.rungs.wide={ train-in = mobilenetv2, training.steps = 40 }"));
        overrides.addAll(List.of(more));
        return Settings.load(Optional.empty(), overrides);
    }

    private static CalibrationSummary calibrate(Settings settings, CalibrationTrainer trainer, CalibrationObserver by) {
        return Calibration.run(spark, settings, trainer, "1234", false, by);
    }

    private static CalibrationSummary calibrate(Settings settings) {
        return calibrate(settings, new DrawnTrainer("none", 0), CalibrationObserver.SILENT);
    }

    private static RunFolder folder(Path path) {
        return RunFolder.at(path.toString(), spark.sparkContext().hadoopConfiguration());
    }

    private Map<CalibrationRow.Training, Double> accuracies() {
        Map<CalibrationRow.Training, Double> accuracies = new HashMap<>();
        for (CalibrationRow.Score score : new CalibrationTable(folder(folder)).scores()) {
            assertFalse(accuracies.containsKey(score.training()), "a training stands there twice");
            accuracies.put(score.training(), score.accuracy());
        }
        return accuracies;
    }

    private static void assertNothingWasDoneTwice(int trainings) {
        assertEquals(trainings, DrawnTrainer.DONE.size());
        assertTrue(DrawnTrainer.DONE.values().stream().allMatch(times -> times == 1), DrawnTrainer.DONE.toString());
    }

    private static RungResult rung(CalibrationSummary summary, String name) {
        return summary.rungs().stream()
                .filter(rung -> rung.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void everyRungIsComparedWithTheReference() {
        CalibrationSummary summary = calibrate(settings());
        assertNothingWasDoneTwice(TRAININGS);
        assertEquals(RUNGS, summary.rungs().stream().map(RungResult::name).toList());
        assertEquals(List.of(), summary.failures());
        assertFalse(summary.deadline());
        Map<CalibrationRow.Training, Double> accuracies = accuracies();
        ProxySettings reference = settings().calibration().reference();
        ProxySettings small = settings().calibration().rungs().get(0);
        double[] inReference = new double[LAYERS.size()];
        double[] inSmall = new double[LAYERS.size()];
        double[] inMobilenet = new double[LAYERS.size()];
        for (int i = 0; i < LAYERS.size(); i++) {
            String id = CandidateIdentity.id(LayerName.parse(LAYERS.get(i)));
            for (String network : reference.trainIn()) {
                for (int number = 1; number <= 2; number++) {
                    double accuracy = accuracies.get(new CalibrationRow.Training(
                            id, network, CalibrationRow.Part.REFERENCE, number, reference.trainingKey(network)));
                    inReference[i] += accuracy / 4;
                    inMobilenet[i] += network.equals("mobilenetv2") ? accuracy / 2 : 0;
                }
                inSmall[i] += accuracies.get(new CalibrationRow.Training(
                                id, network, CalibrationRow.Part.RUNG, 1, small.trainingKey(network)))
                        / 2;
            }
        }
        assertEquals(0, inReference[LAYERS.indexOf("tanh(x)")]);
        RungResult result = rung(summary, "small");
        assertEquals(8, result.layers());
        assertEquals(KendallTau.of(inSmall, inReference), result.tau().value(), 1e-12);
        assertEquals(TopQuarter.kept(inSmall, inReference), result.kept().value(), 1e-12);
        assertTrue(result.tau().low() <= result.tau().value()
                && result.tau().value() <= result.tau().high());
        RungResult wide = rung(summary, "wide");
        assertTrue(Double.isNaN(wide.tauByNetwork().get(0)));
        double[] inWide = LAYERS.stream()
                .mapToDouble(name -> accuracies.get(new CalibrationRow.Training(
                        CandidateIdentity.id(LayerName.parse(name)),
                        "mobilenetv2",
                        CalibrationRow.Part.RUNG,
                        1,
                        settings().calibration().rungs().get(1).trainingKey("mobilenetv2"))))
                .toArray();
        assertEquals(KendallTau.of(inWide, inMobilenet), wide.tauByNetwork().get(1), 1e-12);
        assertEquals(KendallTau.of(inWide, inReference), wide.tau().value(), 1e-12);
        assertTrue(Double.isNaN(rung(summary, "reference").tau().value()));
        assertEquals(summary, calibrate(settings()));
        assertNothingWasDoneTwice(TRAININGS);
    }

    @Test
    void anEarlierStepCostsItsStepsAndOneScore() {
        CalibrationSummary summary = calibrate(settings("calibration.layers=[BN-ReLU, \"tanh(x)\", EvoNorm-S0]"));
        assertNothingWasDoneTwice(3 * 7);
        // Per network 5 of 20 steps with 128 images at ten per second, and a second for the score; two threads. A layer
        // that diverges after step 6 costs as much to step 5.
        assertEquals(2 * 2 * (5 * 12.8 + 1), rung(summary, "small@5").processorSeconds(), 1e-6);
        double diverged = 2 * 2 * (6 * 12.8 + 1);
        assertEquals(
                (2 * 2 * 2 * (20 * 12.8 + 1) + diverged) / 3,
                rung(summary, "small").processorSeconds(),
                1e-6);
        double multiplyAdds = 125 * "resnet50".length() + 500 * "mobilenetv2".length();
        assertEquals(5 * 128 * multiplyAdds, rung(summary, "small@5").multiplyAdds());
        assertEquals(20 * 128 * multiplyAdds, rung(summary, "small").multiplyAdds());
    }

    @Test
    void accuraciesAtAnEarlierStepAreThoseOfTheCurve() {
        CalibrationRow.Training training =
                new CalibrationRow.Training("1", "resnet50", CalibrationRow.Part.RUNG, 1, "{}");
        Layer layer = LayerName.parse("tanh(x)");
        ProxySettings small = settings().calibration().rungs().get(0);
        CalibrationRow row = new CalibrationRow(
                training,
                Optional.empty(),
                layer,
                new DrawnTrainer("none", 0).train(layer, small, "resnet50", 3),
                Optional.empty(),
                3,
                "drawn",
                "");
        List<LadderRung> rungs = LadderRung.all(small, CalibrationRow.Part.RUNG);
        assertEquals(
                DrawnTrainer.accuracy(layer, small, "resnet50", 3, 5),
                rungs.get(0).accuracy(row.score()));
        assertEquals(0, rungs.get(1).accuracy(row.score()), "it had diverged by then");
        assertEquals(0, rungs.get(2).accuracy(row.score()));
    }

    @Test
    void aBrokenMachineLosesNothing() {
        CalibrationSummary whole = calibrate(settings());
        folder = temporary.resolve("broken");
        for (int left : List.of(3, 20, 11)) {
            DrawnTrainer.LEFT.set(left);
            assertThrows(SparkException.class, () -> calibrate(settings()));
        }
        DrawnTrainer.reset();
        int before = accuracies().size();
        assertTrue(before > 0);
        CalibrationSummary continued = calibrate(settings());
        assertEquals(whole.rungs(), continued.rungs());
        assertTrue(DrawnTrainer.DONE.size() < TRAININGS - 20, "what was done is not done again");
        assertEquals(TRAININGS, accuracies().size());
    }

    @Test
    void anInterruptionLosesNothingEvenIfTheLadderChangesThen() {
        CalibrationSummary whole = calibrate(settings());
        folder = temporary.resolve("interrupted");
        DrawnTrainer.reset();
        Thread calibrating = Thread.currentThread();
        SearchInterruptedException interrupted = assertThrows(
                SearchInterruptedException.class,
                () -> calibrate(settings(), new DrawnTrainer("none", 5), new CalibrationObserver() {
                    @Override
                    public void roundAdvanced(int done, int trainings) {
                        if (done == 6) {
                            calibrating.interrupt();
                        }
                    }
                }));
        Thread.interrupted();
        assertTrue(interrupted.getMessage().contains("stand in " + folder), interrupted.getMessage());
        int done = DrawnTrainer.DONE.size();
        assertTrue(done >= 6 && done < TRAININGS);
        // A cheaper rung comes first now, and clears the journal when it is committed.
        calibrate(settings("calibration.rungs.tiny={ training.steps = 1 }"));
        assertNothingWasDoneTwice(TRAININGS + 8 * 2);
        assertEquals(whole.rungs(), calibrate(settings()).rungs());
        assertNothingWasDoneTwice(TRAININGS + 8 * 2);
    }

    @Test
    void aDeadlineEndsItAndTheNextStartGoesOn() {
        CalibrationSummary stopped = calibrate(
                settings("calibration.max-duration=2s"), new DrawnTrainer("none", 250), CalibrationObserver.SILENT);
        assertTrue(stopped.deadline());
        int done = accuracies().size();
        assertTrue(done < TRAININGS);
        CalibrationSummary ended = calibrate(settings());
        assertFalse(ended.deadline());
        assertEquals(TRAININGS, accuracies().size());
    }

    @Test
    void rungsWithTheSameSettingsShareTheirTrainings() {
        CalibrationSummary summary = calibrate(settings("calibration.rungs.same=${calibration.rungs.small}"));
        assertNothingWasDoneTwice(TRAININGS);
        assertEquals(rung(summary, "small").tau(), rung(summary, "same").tau());
        // The reference once more, from other seeds, tells how much is luck.
        RungResult again = rung(calibrate(settings("calibration.rungs.again={ seeds = 2 }")), "again");
        // The first training in mobilenetv2 is that of the rung wide, which has the reference's settings there.
        assertNothingWasDoneTwice(TRAININGS + 8 * 3);
        assertNotEquals(1, again.tau().value());
    }

    @Test
    void layersOfARunAreDrawnOnce() {
        Path run = temporary.resolve("run");
        KnownSearch.run(spark, run, 2);
        int trained = RunTables.open(folder(run)).best(1000).size();
        assertTrue(trained > 6);
        String[] sample = {
            "calibration.sample.run=" + run, "calibration.sample.layers=6", "calibration.layers=[BN-ReLU]"
        };
        CalibrationSummary first = calibrate(settings(sample));
        assertEquals(7, first.layers());
        Map<CalibrationRow.Training, Double> before = accuracies();
        KnownSearch.run(spark, run, 3);
        assertEquals(first, calibrate(settings(sample)));
        assertEquals(before, accuracies());
        String other = assertThrows(
                        SettingsException.class,
                        () -> calibrate(settings(
                                "calibration.sample.run=" + run,
                                "calibration.sample.layers=5",
                                "calibration.layers=[]")))
                .getMessage();
        assertTrue(other.contains("calibration.sample.layers = 6, now 5"), other);
        folder = temporary.resolve("another");
        String many = assertThrows(
                        SettingsException.class,
                        () -> calibrate(settings("calibration.sample.run=" + run, "calibration.sample.layers=500")))
                .getMessage();
        assertTrue(many.contains("calibration.sample.layers = 500 is more than the"), many);
        String id = RunTables.open(folder(run)).best(1).get(0).candidate().id();
        assertEquals(
                1,
                calibrate(settings(
                                "calibration.sample.run=" + run,
                                "calibration.sample.candidates=[\"" + id.substring(0, 12) + "\"]",
                                "calibration.layers=[]"))
                        .layers());
        String nowhere = assertThrows(StoreException.class, () -> {
                    folder = temporary.resolve("third");
                    calibrate(settings(
                            "calibration.sample.run=" + temporary.resolve("nowhere"), "calibration.sample.layers=1"));
                })
                .getMessage();
        assertTrue(nowhere.contains("there is no run in"), nowhere);
    }

    @Test
    void aLayerOfARunThatFailsCountsAsZeroAndAKnownOneEndsTheWork() {
        Path run = temporary.resolve("run");
        KnownSearch.run(spark, run, 3);
        String broken = Formula.print(
                RunTables.open(folder(run)).best(1).get(0).candidate().layer());
        String[] sample = {"calibration.sample.run=" + run, "calibration.sample.layers=8"};
        List<String> all = new ArrayList<>(List.of(sample));
        all.add("calibration.sample.candidates=[" + CandidateIdentity.id(LayerName.parse(broken)) + "]");
        CalibrationSummary summary = calibrate(
                settings(all.toArray(String[]::new)), new DrawnTrainer(broken, 0), CalibrationObserver.SILENT);
        assertEquals(2, summary.failures().size(), summary.failures().toString());
        assertTrue(
                summary.failures().stream().allMatch(failure -> failure.contains("too large")),
                summary.failures().toString());
        assertEquals(17, rung(summary, "small").layers());
        DrawnTrainer.reset();
        assertEquals(summary, calibrate(settings(all.toArray(String[]::new))), "it is not tried again");

        folder = temporary.resolve("known");
        String message = assertThrows(
                        IllegalStateException.class,
                        () -> calibrate(settings(), new DrawnTrainer("x * x", 0), CalibrationObserver.SILENT))
                .getMessage();
        assertTrue(message.startsWith("the layer x * x could not be trained in "), message);
        assertEquals(2 * 7, accuracies().size(), "the others of the round are kept");
    }

    @Test
    void hostileSettingsAreRefusedBeforeAnyTraining() {
        assertRefusal(
                "calibration.rungs has no rung",
                Settings.load(Optional.empty(), List.of("calibration.folder=" + folder)));
        assertRefusal("name no layer", settings("calibration.layers=[]"));
        Path run = temporary.resolve("run");
        KnownSearch.run(spark, run, 1);
        assertRefusal("holds a search's run and no calibration", settings("calibration.folder=" + run));
        calibrate(settings());
        DrawnTrainer.reset();
        assertRefusal("search.seed = 1, now 2", settings("search.seed=2"));
        assertRefusal("data.training-images = 10000, now 900", settings("data.training-images=900"));
        String images = assertThrows(
                        SettingsException.class,
                        () -> Calibration.run(
                                spark,
                                settings(),
                                new DrawnTrainer("none", 0),
                                "5678",
                                false,
                                CalibrationObserver.SILENT))
                .getMessage();
        assertTrue(images.contains("was started on other images"), images);
        try (RunLease lease = RunLease.acquire(folder(folder))) {
            lease.requireValid();
            assertThrows(StoreException.class, () -> calibrate(settings()));
        }
        String search = assertThrows(SettingsException.class, () -> KnownSearch.run(spark, folder, 1))
                .getMessage();
        assertTrue(search.contains("holds a calibration and no run"), search);
        assertEquals(Map.of(), DrawnTrainer.DONE);
    }

    private static void assertRefusal(String part, Settings settings) {
        String message =
                assertThrows(SettingsException.class, () -> calibrate(settings)).getMessage();
        assertTrue(message.contains(part), message);
        assertFalse(message.contains("\n"), message);
    }
}
