package org.evonorm.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SeedFileTest {

    @TempDir
    private Path folder;

    @Test
    void filesHoldALayerALineAndOtherArgumentsAreLayers() throws IOException {
        Path file = folder.resolve("front.txt");
        Files.writeString(file, "# the front\n\n  tanh(x) / std_wh(x)  \nEvoNorm-B0\n");
        assertEquals(
                List.of("x", "tanh(x) / std_wh(x)", "EvoNorm-B0", "x / rms_wh(x)"),
                SeedFile.read(List.of("x", file.toString(), "x / rms_wh(x)")));
    }

    @Test
    void layersStandBetweenCommas() throws IOException {
        Path file = Files.writeString(folder.resolve("front.txt"), "\uFEFFx, max(x, v0)\n");
        assertEquals(
                List.of("identity", "BN-ReLU", "max(x, 0)", "x", "max(x, v0)", "x"),
                SeedFile.read(List.of("identity,BN-ReLU", "max(x, 0)," + file, "x")));
    }

    @Test
    void blanksDivideWholeFormulasToo() throws IOException {
        assertEquals(
                List.of("max(x,0)", "EvoNorm-S0", "bogus", "x + v0"),
                SeedFile.read(List.of("max(x,0) EvoNorm-S0,bogus", "x + v0")));
    }

    @Test
    void aFileWithoutLayersIsNamed() throws IOException {
        Path file = folder.resolve("empty.txt");
        Files.writeString(file, "# nothing\n");
        String refusal = assertThrows(IllegalArgumentException.class, () -> SeedFile.read(List.of(file.toString())))
                .getMessage();
        assertTrue(refusal.contains("empty.txt"), refusal);
    }

    @Test
    void whatIsNeitherFileNorLayerEndsTheCommand() {
        assertTrue(
                CommandLineRun.of("search", "--seed-layers", "EvoNorm-B9").err().contains("did you mean EvoNorm-B0?"));
        CommandLineRun run = CommandLineRun.of("search", "--seed-layers", "front.txt");
        assertEquals(1, run.status());
        assertTrue(run.err().contains("--seed-layers: there is no file front.txt"), run.err());
    }
}
