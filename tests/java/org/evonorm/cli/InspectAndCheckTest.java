package org.evonorm.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.evonorm.cli.measure.LayerErrors;
import org.evonorm.graph.Baselines;
import org.evonorm.graph.Formula;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InspectAndCheckTest {

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
