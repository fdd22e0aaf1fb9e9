package org.evonorm.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CalibrateCommandTest {

    @TempDir
    private Path folder;

    private CommandLineRun calibrate(String... more) throws IOException {
        Path config = Files.writeString(folder.resolve("tiny.conf"), """
                data { training-images = 100, validation-images = 40, test-images = 10 }
                calibration {
                  reference {
                    train-in = [mobilenetv2]
                    networks.mobilenetv2 { width = 0.1, depth = 0.1 }
                    training { steps = 4, batch-size = 8, crop-size = 16, warmup-steps = 0 }
                  }
                  rungs {
                    short { training.steps = 2 }
                    steps.at-steps = [2]
                  }
                }
                """);
        List<String> first = List.of(
                "calibrate",
                "--config",
                config.toString(),
                "--output",
                folder.resolve("a calibration").toString(),
                "--master",
                "local[1]");
        return CommandLineRun.of(Stream.concat(first.stream(), Stream.of(more)).toArray(String[]::new));
    }

    @Test
    void theLadderIsPrintedAndTheSameAgain() throws IOException {
        String[] layers = {"--layers", "BN-ReLU, EvoNorm-S0", "--layers", "tanh(x)", "--layers", "x + x * x"};
        CommandLineRun first = calibrate(layers);
        assertEquals(0, first.status(), first.err());
        assertTrue(
                first.out()
                        .startsWith("Calibration of 4 layers in " + folder.resolve("a calibration")
                                + ": 12 trainings to do\n"),
                first.out());
        for (String rung : List.of("short", "steps@2", "steps", "reference")) {
            assertTrue(
                    first.out().lines().anyMatch(line -> line.startsWith(rung + " ") && line.contains("  4  ")),
                    first.out());
        }
        String[] again =
                Stream.concat(Stream.of(layers), Stream.of("--format", "csv")).toArray(String[]::new);
        CommandLineRun csv = calibrate(again);
        assertEquals(0, csv.status(), csv.err());
        assertTrue(csv.err().contains(": 0 trainings to do, 12 done before"), csv.err());
        List<String> lines = csv.out().lines().toList();
        assertEquals(5, lines.size(), csv.out());
        assertTrue(lines.get(0).startsWith("rung,layers,processor_seconds,multiply_adds,tau,"), csv.out());
        assertTrue(lines.stream().allMatch(line -> line.split(",", -1).length == 11), csv.out());
        CommandLineRun markdown = calibrate(Stream.concat(Stream.of(layers), Stream.of("--format", "markdown"))
                .toArray(String[]::new));
        assertTrue(
                markdown.out()
                        .startsWith("| rung | layers | s | Gmac | tau | top quarter | tau mobilenetv2 |\n| --- |"),
                markdown.out());
        CommandLineRun stopped = calibrate("--layers", "LN-ReLU", "--max-duration", "1ms");
        assertEquals(ExitStatus.DEADLINE, stopped.status(), stopped.err());
        assertTrue(stopped.out().contains("stopped at its deadline"), stopped.out());
        CommandLineRun otherImages = calibrate("--set", "data.seed=2");
        assertEquals(1, otherImages.status());
        assertTrue(otherImages.err().contains("data.seed = 1, now 2"), otherImages.err());
    }

    @Test
    void whatCannotBeIsRefusedInASentence() throws IOException {
        assertRefusal(calibrate("--sample", "3"), "calibration.sample.run must be the folder of a run");
        assertRefusal(
                calibrate("--set", "calibration.reference.training.crop-size=99"),
                "calibration.reference.training.crop-size = 99 is more than the 32×32 pixels");
        assertRefusal(
                calibrate("--set", "calibration.rungs.short.training.batch-size=101"),
                "calibration.rungs.short.training.batch-size = 101 is more than the 100 training images");
        assertRefusal(calibrate("--run", folder.resolve("nowhere").toString(), "--sample", "1"), "there is no run in");
        assertEquals(2, calibrate("--format", "pdf").status());
    }

    private static void assertRefusal(CommandLineRun run, String part) {
        assertEquals(1, run.status());
        assertTrue(run.err().contains(part), run.err());
    }
}
