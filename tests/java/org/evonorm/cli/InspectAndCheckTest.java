package org.evonorm.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.evonorm.cli.measure.LayerErrors;
import org.evonorm.graph.Baselines;
import org.evonorm.graph.Formula;
import org.evonorm.network.onnx.OnnxModels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InspectAndCheckTest {

    @TempDir
    private Path files;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--layers identity,BN-ReLU",
                "--layers identity, BN-ReLU",
                "--layers identity BN-ReLU",
                "--layer identity --layer BN-ReLU",
            })
    void layersStandBetweenCommasBlanksOrOptions(String arguments) {
        List<String> all = new ArrayList<>(List.of("inspect"));
        all.addAll(List.of(arguments.split(" ")));
        CommandLineRun run = CommandLineRun.of(all.toArray(String[]::new));
        assertEquals("", run.err());
        assertTrue(run.out().startsWith("identity\n") && run.out().contains("\nBN-ReLU\n"), run.out());
    }

    @Test
    void blanksAndCommasOfAFileThatExistsDivideNoList() {
        String file = OnnxModels.writeClassifier(files.resolve("my net, as drawn.onnx"))
                .toString();
        CommandLineRun run = CommandLineRun.of("inspect", "--layer", "BN-ReLU", "--network", file);
        assertEquals("", run.err());
        assertTrue(run.out().contains("my net, as drawn"), run.out());
    }

    @Test
    void commasOfAFormulaDivideNoList() {
        CommandLineRun run =
                CommandLineRun.of("inspect", "--layers", "max(x, v0),x / std_wh(x)", "--network", "resnet50");
        assertEquals("", run.err());
        assertTrue(run.out().startsWith("max(x, v0)\n") && run.out().contains("\nx / std_wh(x)\n"), run.out());
        assertEquals(
                0,
                CommandLineRun.of("inspect", "--layer", "x", "--networks", "resnet50, mobilenetv2")
                        .status());
        assertEquals(
                0,
                CommandLineRun.of("inspect", "--layer", "x", "--networks", "resnet50", "mobilenetv2")
                        .status());
    }

    @Test
    void aLayersFileIsInUtf8() throws IOException {
        String json = "{\"nodes\":[],\"affine\":true}";
        Path file = Files.writeString(files.resolve("my layer, first.json"), "\uFEFF" + json);
        assertEquals(
                "", CommandLineRun.of("inspect", "--layer", file.toString()).err());
        Files.write(file, (json + "é").getBytes(StandardCharsets.ISO_8859_1));
        CommandLineRun run = CommandLineRun.of("inspect", "--layer", file.toString());
        assertEquals(2, run.status());
        assertTrue(run.err().contains("first.json is not UTF-8: byte 27 (0xe9)"), run.err());
    }

    @Test
    void controlCharactersAndMegabytesStayInTheFile() throws IOException {
        for (String text : List.of("\u001b[2J", "x".repeat(1_000_000), "\0", "x + \u202e")) {
            CommandLineRun run = CommandLineRun.of("inspect", "--layer", "y" + text);
            assertEquals(2, run.status());
            assertTrue(run.err().length() < 2_000, run.err());
            assertTrue(run.err().chars().noneMatch(c -> c != '\n' && Character.isISOControl(c)), run.err());
        }
    }

    private static final String WITH_UNUSED_NODE = """
            {"nodes":[{"op":"exp","in":[0]}, {"op":"std","over":"bwh","in":[0]}, {"op":"div","in":[0,5]}],
             "affine":true}""";

    @TempDir
    private Path folder;

    private static void assertContains(String text, String... parts) {
        for (String part : parts) {
            assertTrue(text.contains(part), "'" + part + "' is missing in\n" + text);
        }
    }

    @Test
    void inspectTellsAllOfALayer() {
        CommandLineRun run = CommandLineRun.of("inspect", "--layer", "evonorm-b0");
        assertEquals(0, run.status());
        assertContains(
                run.out(),
                "EvoNorm-B0",
                "x / max(std_bwh(x), v1 * x + std_wh(x))",
                "gamma * y + beta",
                "2 forward and ",
                "static filter  passed",
                "B: ",
                "\\frac{x}",
                "div(x, #8)",
                "resnet50",
                "1,489,866",
                "40.29",
                "15.74",
                "20.19");
    }

    @Test
    void elementwiseLayersGoOverTheirInputOnce() {
        assertContains(
                CommandLineRun.of("inspect", "--layer", "tanh(x * v1) | no affine")
                        .out(),
                "1 forward and 1 backward");
    }

    @Test
    void inspectMarksUnusedNodesAndReadsJson() throws IOException {
        Path file = folder.resolve("my layer.json");
        Files.writeString(file, WITH_UNUSED_NODE);
        for (String layer : new String[] {WITH_UNUSED_NODE, file.toString()}) {
            CommandLineRun run = CommandLineRun.of("inspect", "--layer", layer);
            assertEquals(0, run.status(), run.err());
            for (String row : new String[] {"4 exp(x) unused", "6 div(x, #5) output"}) {
                assertTrue(
                        run.out()
                                .lines()
                                .map(line -> line.strip().replaceAll(" +", " "))
                                .anyMatch(row::equals),
                        row);
            }
            assertContains(run.out(), "x / std_bwh(x)");
        }
    }

    @Test
    void inspectTellsWhatTheStaticFilterSays() {
        assertContains(
                CommandLineRun.of("inspect", "--layer", "x - x").out(), "rejected: the output does not depend on x");
    }

    @Test
    void inspectKnowsFamiliesByWhatIsUsed() {
        assertContains(CommandLineRun.of("inspect", "--layer", "EvoNorm-S0").out(), "  S: ");
        assertContains(CommandLineRun.of("inspect", "--layer", "GN-ReLU").out(), "  S: ", "affine         none");
    }

    @Test
    void everyBaselinePassesTheCheck() {
        CommandLineRun run = CommandLineRun.of(Stream.concat(Stream.of("check", "--layers"), Baselines.names().stream())
                .toArray(String[]::new));
        assertEquals(0, run.status(), run.out() + run.err());
        assertEquals(1 + Baselines.names().size(), run.out().lines().count());
    }

    @Test
    void aCheckAboveTheToleranceFails() {
        CommandLineRun run = CommandLineRun.of("check", "--layer", "EvoNorm-B0", "--tolerance", "1e-12");
        assertEquals(1, run.status());
        assertContains(run.out(), "fails");
    }

    @Test
    void aLayerWithoutFiniteValuesFailsTheCheck() {
        assertEquals(
                1,
                CommandLineRun.of("check", "--layer", "exp(exp(exp(exp(x))))").status());
    }

    @Test
    void theErrorsOfTheCheckAreThoseOfALayer() {
        // The float64 reference has many right digits, float32 about seven.
        LayerErrors errors = LayerErrors.of(Formula.parse("tanh(x) * v1 / std_whcg(x)"), 3);
        assertTrue(errors.finiteDifferences() < 1e-6, errors.toString());
        assertTrue(errors.values() > 0 && errors.largest() < 1e-5, errors.toString());
    }
}
