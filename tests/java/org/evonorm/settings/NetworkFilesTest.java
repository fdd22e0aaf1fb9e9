package org.evonorm.settings;

import static org.evonorm.settings.Loading.refusal;
import static org.evonorm.settings.Loading.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.evonorm.network.Network;
import org.evonorm.network.NetworkRecipe;
import org.evonorm.network.Operator;
import org.evonorm.network.onnx.OnnxModels;
import org.evonorm.store.RunFolder;
import org.evonorm.store.RunLease;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Networks from ONNX files by settings. */
class NetworkFilesTest {

    @TempDir
    private Path folder;

    private Path model;

    @BeforeEach
    void writeTheModel() {
        model = OnnxModels.writeClassifier(folder.resolve("mine.onnx"));
    }

    private static long places(Settings settings, String network) {
        return places(settings.networks().get(network));
    }

    private static long places(NetworkRecipe recipe) {
        return recipe.build(7).operators().stream()
                .filter(Operator.Place.class::isInstance)
                .count();
    }

    @Test
    void aFileIsANetworkLikeTheOthers() throws IOException {
        Path conf = Files.writeString(
                folder.resolve("my.conf"),
                "networks.mine { file = \"" + model + "\" }\nsearch { networks = [Mine, resnet50], selection = mine }");
        Settings settings = Settings.load(Optional.of(conf), List.of("rejection.signal.network=mine"));
        assertEquals(List.of("mine", "resnet50"), settings.search().networks());
        assertEquals(settings.search().networks(), settings.rejection().stabilityNetworks());
        assertEquals("mine", settings.rejection().signalNetwork());
        Network network = settings.networks().get("mine").build(7);
        assertEquals("mine", network.name());
        assertEquals(7, network.classes());
        assertEquals(2, places(settings, "mine"));
        assertEquals(
                settings.networks().get("mine"), settings.rerank().networks().get("mine"));
        assertEquals(
                settings.networks().get("mine"),
                settings.calibration().reference().networks().get("mine"));
    }

    @Test
    void placesAreChosenAsOnTheCommandLine() {
        String file = "networks.mine.file=" + model;
        assertEquals(3, places(with(file, "networks.mine.places=all"), "mine"));
        assertEquals(1, places(with(file, "networks.mine.places=bn1"), "mine"));
        Settings settings = with(file, "rerank.networks.mine.file=" + model, "rerank.networks.mine.places=bn0,bn1,bn2");
        assertEquals(2, places(settings, "mine"));
        assertEquals(3, places(settings.rerank().networks().get("mine")));
        assertNotEquals(
                with(file).rerank().trainingKey("mine"), settings.rerank().trainingKey("mine"));
    }

    @Test
    void otherMachinesGetTheNetworkWithoutTheFile() throws IOException, ClassNotFoundException {
        NetworkRecipe recipe = with("networks.mine.file=" + model).networks().get("mine");
        Files.delete(model);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(recipe);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            assertEquals(recipe.build(10), ((NetworkRecipe) in.readObject()).build(10));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "networks.mine.file=no/such.onnx | networks.mine.file (--set networks.mine.file=no/such.onnx): there is no file no/such.onnx that can be read; set it to where the file lies",
                "networks.mine.file=pom.xml | (--set networks.mine.file=pom.xml): the network's file pom.xml cannot be used",
                "networks.mine.file=/dev/null | networks.mine.file (--set networks.mine.file=/dev/null): there is no file",
                "networks.mine.file=src | networks.mine.file (--set networks.mine.file=src): there is no file src that can be read",
                "networks.mine.places=all | networks.mine has no file (--set networks.mine.places=all); set networks.mine.file",
                "networks.Mine.file=a.onnx | networks.Mine (--set networks.Mine.file=a.onnx) cannot be the name of a network",
                "networks.average.file=a.onnx | cannot be the name of a network",
                "networks.mine.width=1 | there is no setting networks.mine (--set networks.mine.width=1); a network from a file has the settings file, places, sha256 alone",
                "networks.resnet50.file=a.onnx | there is no setting networks.resnet50.file (--set networks.resnet50.file=a.onnx); resnet50 is built in, and a network from a file needs another name",
                "rerank.networks.other.file=a.onnx | rerank.networks.other (--set rerank.networks.other.file=a.onnx) has no effect, since the section networks has no network of this name",
                "networks.mine.fiel=a.onnx | there is no setting networks.mine",
                "search.networks=[mine] | among resnet50, mobilenetv2, efficientnetb0, convnext, vit, not",
                "calibration.reference.networks.mine.file=a.onnx | there is no setting calibration.reference.networks.mine",
            })
    void whatIsNoNetworkIsRefused(String override, String part) {
        String message = refusal(override);
        assertTrue(message.contains(part), message);
    }

    @Test
    void aPlaceThatTheFileLacksIsNamed() {
        String message = refusal("networks.mine.file=" + model, "networks.mine.places=bn7");
        assertTrue(message.startsWith("networks.mine.file (--set networks.mine.file=" + model), message);
        assertTrue(message.contains(" and networks.mine.places (--set networks.mine.places=bn7): "), message);
        assertTrue(message.contains("has no normalization \"bn7\""), message);
    }

    @Test
    void aRunGoesOnWithTheSameFileAlone() throws IOException {
        Settings started = with("networks.mine.file=" + model, "search.networks=[mine]");
        enter(started);
        Path moved = Files.move(model, folder.resolve("moved.onnx"));
        Settings same = with("networks.mine.file=" + moved, "search.networks=[mine]");
        assertEquals(List.of(), enter(same));
        Path other = OnnxModels.writeClassifier(folder.resolve("other.onnx"));
        Files.write(other, new byte[] {0x12, 0}, StandardOpenOption.APPEND);
        String refusal = assertThrows(
                        SettingsException.class,
                        () -> enter(with("networks.mine.file=" + other, "search.networks=[mine]")))
                .getMessage();
        assertTrue(refusal.contains("was started with other settings (networks.mine.sha256 = "), refusal);
        // A rerank takes its settings from the run, with the file's checksum.
        assertEquals(
                1,
                places(RunConf.settings(
                                run(),
                                Optional.empty(),
                                List.of("networks.mine.file=" + moved, "networks.mine.places=bn0"))
                        .networks()
                        .get("mine")));
        refusal = assertThrows(
                        SettingsException.class,
                        () -> RunConf.settings(run(), Optional.empty(), List.of("networks.mine.file=" + other)))
                .getMessage();
        assertTrue(refusal.contains(other + " is another file than networks.mine.sha256"), refusal);
        // A setting of the run is told with its place.
        refusal = assertThrows(SettingsException.class, () -> RunConf.settings(run(), Optional.empty(), List.of()))
                .getMessage();
        assertTrue(
                refusal.startsWith("networks.mine.file (" + run() + "/run.conf): there is no file " + model), refusal);
    }

    /** A rerank may be started in another folder than the run was. */
    @Test
    void aRunKeepsTheWholePath() {
        Path here = Path.of("").toAbsolutePath();
        Path relative = here.relativize(model.toAbsolutePath());
        assertFalse(relative.isAbsolute());
        enter(with(
                "networks.mine.file=" + relative, "rerank.networks.mine.file=./" + relative, "search.networks=[mine]"));
        for (String key : List.of("networks.mine.file", "rerank.networks.mine.file")) {
            assertEquals(
                    model.toAbsolutePath().toString(), RunConf.settings(run()).getString(key));
        }
        assertEquals(List.of(), enter(with("networks.mine.file=" + relative, "search.networks=[mine]")));
        assertEquals(2, places(RunConf.settings(run(), Optional.empty(), List.of()), "mine"));
    }

    @Test
    void aLayerGoesWithItsNetworksFile() {
        enter(with("networks.mine.file=" + model, "search.networks=[mine]"));
        String network = ProxyDescription.of(RunConf.settings(run())).networks().get("mine");
        assertTrue(network.startsWith("from the file " + model + " (sha256 "), network);
        assertTrue(network.endsWith("), places activated"), network);
    }

    private RunFolder run() {
        return RunFolder.at(folder.resolve("run").toString(), new Configuration());
    }

    private List<String> enter(Settings settings) {
        try (RunLease lease = RunLease.acquire(run())) {
            return RunConf.enter(run(), lease, settings, "1234", Accepted.NOTHING);
        }
    }
}
