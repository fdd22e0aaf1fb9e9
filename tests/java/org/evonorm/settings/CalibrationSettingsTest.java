package org.evonorm.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.evonorm.network.NetworkRecipe;
import org.evonorm.training.LocalSgd;
import org.evonorm.training.RateDecay;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CalibrationSettingsTest {

    private static final String LADDER = """
            calibration {
              reference { training { steps = 500, decay = constant }, seeds = 3, at-steps = [100] }
              rungs {
                a { networks.resnet50.width = 0.125, at-steps = [60, 90] }
                b = ${calibration.rungs.a} { training.steps = 200, train-in = resnet50 }
                c { training.decay = cosine, seeds = 2 }
              }
            }
            """;

    /** A calibration trains on all images, whatever the search does. */
    private static final LocalSgd ALL_IMAGES = new LocalSgd(1, 1);

    @TempDir
    private Path folder;

    private Settings ladder(String... overrides) throws IOException {
        return Settings.load(Optional.of(Files.writeString(folder.resolve("ladder.conf"), LADDER)), List.of(overrides));
    }

    private static ProxySettings rung(Settings settings, String name) {
        return settings.calibration().rungs().stream()
                .filter(rung -> rung.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static double width(ProxySettings proxy, String network) {
        return ((NetworkRecipe.Anchor) proxy.networks().get(network)).scale().width();
    }

    @Test
    void aRungHasTheReferencesValuesWhereItSetsNone() throws IOException {
        Settings settings = ladder();
        ProxySettings a = rung(settings, "a");
        assertEquals(0.125, width(a, "resnet50"));
        assertEquals(0.5, width(a, "mobilenetv2"));
        assertEquals(500, a.training().steps());
        assertEquals(RateDecay.CONSTANT, a.training().decay());
        assertEquals(1, a.seeds(), "seeds are a rung's own");
        assertEquals(List.of(60, 90), a.atSteps());
        assertEquals(30, a.training().scoreEvery());
        ProxySettings b = rung(settings, "b");
        assertEquals(200, b.training().steps());
        assertEquals(List.of("resnet50"), b.trainIn());
        assertEquals(0.125, width(b, "resnet50"));
        ProxySettings c = rung(settings, "c");
        assertEquals(List.of(), c.atSteps());
        assertEquals(2, c.seeds());
        assertNotEquals(settings.calibration().reference().trainingKey("resnet50"), c.trainingKey("resnet50"));
        assertEquals(3, settings.calibration().reference().seeds());
    }

    @Test
    void overridesReachRungs() throws IOException {
        Settings settings = ladder(
                "calibration.rungs.b.training.steps=7",
                "calibration.rungs.b.at-steps=2, 4",
                "calibration.rungs.d.training.decay=cosine",
                "calibration.reference.training.batch-size=9");
        assertEquals(7, rung(settings, "b").training().steps());
        assertEquals(List.of(2, 4), rung(settings, "b").atSteps());
        assertEquals(RateDecay.COSINE, rung(settings, "d").training().decay());
        assertEquals(9, rung(settings, "d").training().batchSize());
        assertTrue(
                Settings.load(Optional.empty(), List.of()).calibration().rungs().isEmpty());
    }

    @Test
    void rungsAreChosenByTheirNames() throws IOException {
        assertEquals(
                List.of("a", "c"),
                ladder("calibration.chosen-rungs=c, a").calibration().rungs().stream()
                        .map(ProxySettings::name)
                        .toList());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "calibration.rungs.a.training.stepps=3 | there is no setting calibration.rungs.a.training.stepps",
                "calibration.rungs.d=${calibration.rungs.a} { trianing.steps = 3 } | there is no setting calibration.rungs.d.trianing",
                "calibration.rungs.d=${search.seed} | calibration.rungs.d is a section, not a value",
                "calibration.rungs.d=${calibration.rungs.e} | the settings refer to one that does not exist",
                "calibration.chosen-rungs=[a, z] | calibration.chosen-rungs must be a list of names of rungs, which are a, b, c",
                "calibration.rungs.a.at-steps=[7, 101] | must be steps whose greatest common divisor is in the 500 steps at most 50 times",
                "calibration.rungs.a=3 | calibration.rungs.a is a section, not a value",
                "calibration.rungs=3 | calibration.rungs is a section, not a value",
                "calibration.rungs.a.training.steps=0 | calibration.rungs.a.training.steps must be a whole number of at least 1",
                "calibration.rungs.a.at-steps=[500] | calibration.rungs.a.at-steps must be a list of whole numbers from 1 to 499",
                "calibration.rungs.a.at-steps=[2.5] | calibration.rungs.a.at-steps must be a list of whole numbers",
                "calibration.rungs.a.at-steps=[many] | calibration.rungs.a.at-steps must be a list of whole numbers",
                "calibration.rungs.a.train-in=[resnet5] | did you mean resnet50?",
                "calibration.rungs.a.networks.resnet50.depth=9 | calibration.rungs.a.networks.resnet50: a network's depth",
                "calibration.rungs.\"a b\".seeds=1 | the name of a rung must be at most 40 letters",
                "calibration.rungs.a.seeds=1001 | calibration.rungs.a.seeds must be a whole number from 1 to 1000",
                "calibration.reference.training.momentum=1 | at least 0 and below 1, not 1",
                "calibration.reference=null | calibration.reference",
                "calibration.sample.layers=501 | a whole number from 0 to 500",
                "calibration.sample.layers=5 | calibration.sample.run must be the folder of a run where",
                "calibration.layers=[BN-Relu6] | calibration.layers (--set calibration.layers=[BN-Relu6]): there is no layer",
                "calibration.folder= | calibration.folder must be the location of a folder",
                "calibration.max-duration=soon | calibration.max-duration must be a time",
            })
    void hostileValuesAreRefused(String override, String part) {
        String message =
                assertThrows(SettingsException.class, () -> ladder(override)).getMessage();
        assertTrue(message.contains(part), message);
        assertFalse(message.contains("\n"), message);
    }

    @Test
    void everyKeyOfEveryRungIsShownAndReadBack() throws IOException {
        Path file = Files.writeString(folder.resolve("ladder.conf"), LADDER);
        List<DocumentedSetting> all = DocumentedSetting.all(Optional.of(file), List.of());
        String text = all.stream()
                .flatMap(setting -> setting.value().stream().map(value -> setting.key() + " = " + value.text()))
                .collect(Collectors.joining("\n"));
        assertTrue(text.contains("calibration.rungs.b.training.steps = 200"), text);
        Path shown = Files.writeString(folder.resolve("shown.conf"), text);
        assertEquals(
                ladder().resolved(),
                Settings.load(Optional.of(shown), List.of()).resolved());
    }

    @Test
    void theLadderOfThePresetIsRead() {
        Settings preset = Settings.load(Optional.of(Path.of("conf/calibration.conf")), List.of("data.path=somewhere"));
        assertEquals(24, preset.calibration().layers().size());
        assertEquals(13, preset.calibration().rungs().size());
        ProxySettings quickstart = rung(preset, "quickstart");
        Settings search = Settings.load(Optional.of(Path.of("conf/quickstart.conf")), List.of());
        assertEquals(search.networks(), quickstart.networks());
        assertEquals(search.training().withSteps(150).with(ALL_IMAGES), quickstart.training());
        ProxySettings small = rung(preset, "cifar10-small");
        Settings hour = Settings.load(Optional.of(Path.of("conf/cifar10-small.conf")), List.of("data.path=somewhere"));
        assertEquals(hour.networks(), small.networks());
        assertEquals(hour.training().withSteps(300).with(ALL_IMAGES), small.training());
        ProxySettings reference = preset.calibration().reference();
        Settings paper = Settings.load(Optional.of(Path.of("conf/paper-b.conf")), List.of("data.path=somewhere"));
        assertEquals(paper.networks(), reference.networks());
        assertEquals(paper.search().networks(), reference.trainIn());
    }
}
