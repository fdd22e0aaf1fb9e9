package org.evonorm.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.evonorm.graph.Baselines;
import org.evonorm.graph.LayerJson;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExportCommandTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"pytorch", "keras", "JAX"})
    void aModuleComesWithItsCheckFile(String format) throws IOException {
        Path module = folder.resolve("layer.py");
        CommandLineRun run =
                CommandLineRun.of("export", "--layer", "evonorm-b0", "--format", format, "--output", module.toString());
        assertEquals("", run.err());
        assertEquals(0, run.status());
        assertTrue(Files.readString(module).contains("class EvoNormB0"));
        assertTrue(Files.readString(folder.resolve("layer.check.json")).contains("\"training\""));
        CommandLineRun again =
                CommandLineRun.of("export", "--layer", "x", "--format", format, "--output", module.toString());
        assertEquals(1, again.status());
        assertTrue(again.err().contains("layer.py exists"), again.err());
        assertTrue(Files.readString(module).contains("class EvoNormB0"));
    }

    @Test
    void smallTextsArePrintedAndFilesReplacedOnlyByForce() throws IOException {
        assertEquals(
                Baselines.get("BN-ReLU"),
                LayerJson.read(CommandLineRun.of("export", "--layer", "BN-ReLU", "--format", "json")
                        .out()));
        Path file = folder.resolve("layer.dot");
        Files.writeString(file, "mine");
        String[] arguments = {"export", "--layer", "BN-ReLU", "--format", "dot", "--output", file.toString(), "--force"
        };
        assertEquals(0, CommandLineRun.of(arguments).status());
        assertTrue(Files.readString(file).startsWith("digraph"));
    }

    private CommandLineRun withNetwork(String output, String... more) {
        return CommandLineRun.of(("export --layer EvoNorm-S0 --format pytorch --with-network ResNet50 --output "
                        + folder.resolve(output) + " " + String.join(" ", more))
                .strip()
                .split(" "));
    }

    @Test
    void aNetworkComesWithTheLayerInItsPlaces() throws IOException {
        CommandLineRun run = withNetwork("layer.py", "--classes", "7", "--width", "0.25", "--small-images");
        assertEquals("", run.err());
        assertEquals(0, run.status());
        String source = Files.readString(folder.resolve("layer_resnet50.py"));
        assertTrue(source.contains("from layer import EvoNormS0\n"), source);
        assertTrue(source.contains("output are the logits [B, 7]"), source);
        assertTrue(Files.exists(folder.resolve("layer.py")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"class.py", "torch.py", "layer", "a-b.py", "1x.py", "layer.txt"})
    void aNetworkIsNotWrittenForAModuleThatPythonCannotImport(String output) throws IOException {
        CommandLineRun run = withNetwork(output);
        assertEquals(1, run.status());
        assertTrue(run.err().contains("Python imports none from '" + output + "'"), run.err());
        try (var files = Files.list(folder)) {
            assertEquals(0, files.count());
        }
    }

    @Test
    void nothingIsReplacedWhereOneFileCannotBe() throws IOException {
        Path module = Files.writeString(folder.resolve("layer.py"), "mine");
        Files.createDirectory(folder.resolve("layer.check.json"));
        CommandLineRun run = withNetwork("layer.py", "--force");
        assertEquals(1, run.status());
        assertTrue(run.err().contains("layer.check.json is a folder"), run.err());
        assertEquals("mine", Files.readString(module));
        assertFalse(Files.exists(folder.resolve("layer_resnet50.py")));
    }

    @ParameterizedTest
    @CsvSource({
        "--classes 1, at least 2 classes",
        "--classes 100001, --classes 100001 are more than 100000",
        "--width 0, width",
        "--places all, --places is for networks from ONNX files"
    })
    void aNetworkWithWrongOptionsIsRefused(String options, String culprit) {
        CommandLineRun run = withNetwork("layer.py", options);
        assertEquals(1, run.status());
        assertTrue(run.err().contains(culprit), run.err());
        assertFalse(Files.exists(folder.resolve("layer.py")));
    }

    @Test
    void thePapersConventionLeavesEpsOutOfDivisors() throws IOException {
        Path module = folder.resolve("layer.py");
        CommandLineRun run = CommandLineRun.of(
                ("export --layer EvoNorm-S0 --format pytorch --convention paper --output " + module).split(" "));
        assertEquals("", run.err());
        String text = Files.readString(module);
        assertTrue(text.contains("x * torch.sigmoid(v1 * x) / group_std\n"), text);
        assertTrue(text.contains("range(1, 33)"), text);
    }

    @Test
    void anOnnxModelTakesTheParametersOfATrainedModule() throws IOException {
        Path state = folder.resolve("state.json");
        Files.writeString(state, "{\"gamma\":[1,2],\"beta\":[0,1],\"v1\":[1,1],\"running_var\":[3,4]}");
        Path model = folder.resolve("layer.onnx");
        CommandLineRun run = CommandLineRun.of(
                ("export --layer EvoNorm-B0 --format onnx --layout nlc --parameters " + state + " --output " + model)
                        .split(" "));
        assertEquals("", run.err());
        assertEquals("Wrote " + model + " and " + folder.resolve("layer.check.json") + ".\n", run.out());
        String check = Files.readString(folder.resolve("layer.check.json"));
        assertTrue(check.contains("\"shape\" : [ 3, 8, 2 ]"), check);
        assertTrue(Files.size(model) > 100);
        CommandLineRun again = CommandLineRun.of(
                ("export --layer EvoNorm-S0 --format onnx --channels 4 --output " + model).split(" "));
        assertTrue(again.err().contains("layer.onnx exists"), again.err());
        assertEquals(
                0,
                CommandLineRun.of(("export --layer EvoNorm-S0 --format onnx --convention paper --channels 64 --force"
                                        + " --output " + model)
                                .split(" "))
                        .status());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "--layer x --format onix; 2; known are pytorch, keras, jax, onnx, latex, dot, json",
                "--layer x --format onnx --output FOLDER/x.onnx; 1; needs either --channels C",
                "--layer x --format onnx --channels 8 --parameters FOLDER/x.json; 1; needs either --channels C",
                "--layer x --format onnx --channels 0 --output FOLDER/x.onnx; 1; a model has 1 to 16384 channels, not 0",
                "--layer x --format onnx --channels many; 2; --channels",
                "--layer x --format onnx --channels 8 --layout NCX; 2; known are NCHW, NHWC, NCL, NLC, NCDHW, NDHWC",
                "--layer x --format jax --channels 8 --output FOLDER/x.py; 1; are for --format onnx; leave them out for jax",
                "--layer x --format onnx --parameters FOLDER/none.json --output FOLDER/x.onnx; 1; none.json",
                "--layer exp(exp(exp(square(x)*square(x)))) --format onnx --channels 8 --output FOLDER/x.onnx; 1; not finite",
                "--format pytorch; 2; --layer",
                "--run runs/x --format pytorch; 2; --candidate",
                "--layer x --run runs/x --candidate a --format json; 2; mutually exclusive",
                "--layer x --format json --output FOLDER; 1; is a folder; name a file in it",
                "--layer x --format jax --output FOLDER; 1; is a folder; name a file in it",
                "--layer x --format json --output FOLDER/none/x.json; 1; there is no folder",
                "--run FOLDER/none --layer a85fe157503286fe --format json; 2; --candidate a85fe157503286fe",
                "--run FOLDER/none --candidate ab --format json; 1; there is no run",
                "--layer tanh(x) --format jax --convention paper --output FOLDER/x.py; 1; is for its layers alone",
                "--layer EvoNorm-B0 --format latex --convention paper; 1; --convention is for modules",
                "--layer EvoNorm-B0 --format jax --convention timm --output FOLDER/x.py; 2; known are evonorm, paper",
                "--layer exp(exp(exp(square(x)*square(x)))) --format jax --output FOLDER/x.py; 1; not finite"
            })
    void wrongArgumentsGetOneSentence(String arguments, int status, String culprit) {
        boolean forced = arguments.endsWith("FOLDER");
        String all = "export " + arguments.replace("FOLDER", folder.toString()) + (forced ? " --force" : "");
        CommandLineRun run = CommandLineRun.of(all.split(" "));
        assertEquals(status, run.status(), run.err());
        assertTrue(run.err().contains(culprit), run.err());
        assertFalse(run.err().contains("\tat "), run.err());
        assertFalse(Files.exists(folder.resolve("x.py")));
        assertFalse(Files.exists(folder.resolve("x.onnx")));
    }
}
