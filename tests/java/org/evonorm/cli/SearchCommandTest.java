package org.evonorm.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SearchCommandTest {

    @TempDir
    private Path folder;

    @Test
    void tooFewImagesAreRefusedBeforeTheFolderIsTouched() {
        Path run = folder.resolve("run");
        CommandLineRun refused = CommandLineRun.of(
                "search",
                "--run",
                run.toString(),
                "--master",
                "local[1]",
                "--set",
                "data.training-images=20",
                "--set",
                "data.validation-images=5",
                "--set",
                "data.test-images=5");
        assertEquals(1, refused.status());
        assertTrue(
                refused.err().contains("evonorm: training.batch-size = 128 is more than the 20 training images"),
                refused.err());
        assertTrue(Files.notExists(run));
    }

    private Path config() throws IOException {
        return Files.writeString(folder.resolve("tiny.conf"), """
                search { proposals = 40, networks = [mobilenetv2], baselines = [BN-ReLU], window = 20 }
                networks.mobilenetv2 { width = 0.1, depth = 0.1 }
                data { training-images = 200, validation-images = 50, test-images = 10 }
                training { steps = 4, batch-size = 8, crop-size = 16, warmup-steps = 0, score-every = 0 }
                rejection.quality { steps = 2, ten-class-threshold = 0 }
                rejection.stability.enabled = off
                """);
    }

    @Test
    void searchesAndGoesOn() throws IOException {
        Path config = config();
        String run = folder.resolve("a run").toString();
        String[] first = {
            "search",
            "--config",
            config.toString(),
            "--run",
            run,
            "--master",
            "local[1]",
            "--set",
            "search.generations=1"
        };
        CommandLineRun started = CommandLineRun.of(first);
        assertEquals(0, started.status(), started.err());
        assertTrue(started.out().startsWith("New search in "), started.out());
        assertTrue(
                started.out()
                        .lines()
                        .skip(1)
                        .findFirst()
                        .orElseThrow()
                        .matches("\\d+ images to train on, \\d+ to validate on \\(10 classes, synthetic\\)"),
                started.out());
        assertTrue(started.out().contains("Generation 1 of 1: 40 proposed, "), started.out());
        assertTrue(started.out().contains("baseline BN-ReLU: mobilenetv2 "), started.out());
        assertTrue(started.out().lines().anyMatch(line -> line.matches("baseline +\\d.*BN-ReLU")), started.out());

        first[first.length - 1] = "search.generations=2";
        CommandLineRun continued = CommandLineRun.of(first);
        assertEquals(0, continued.status(), continued.err());
        assertTrue(continued.out().contains(" goes on after generation 1"), continued.out());
        assertTrue(continued.out().contains("Generation 2 of 2"), continued.out());
        assertTrue(!continued.out().contains("Generation 1 of"), continued.out());
        assertTrue(continued.out().lines().anyMatch(line -> line.startsWith("found, rank 1")), continued.out());

        List<String> logs = logs(Path.of(run));
        assertEquals(2, logs.size());
        for (CommandLineRun ended : List.of(started, continued)) {
            assertTrue(
                    logs.stream()
                            .anyMatch(log -> ended.out()
                                    .lines()
                                    .filter(line -> !line.isBlank())
                                    .allMatch(log::contains)),
                    logs.toString());
        }
    }

    @Test
    void aQuietSearchSaysItsLastTableAlone() throws IOException {
        PrintStream before = System.err;
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        System.setErr(new PrintStream(errors, true, StandardCharsets.UTF_8));
        CommandLineRun run;
        try {
            run = CommandLineRun.of(
                    "search",
                    "--quiet",
                    "--config",
                    config().toString(),
                    "--run",
                    folder.resolve("quiet").toString(),
                    "--master",
                    "local[1]",
                    "--set",
                    "search.generations=0");
        } finally {
            System.setErr(before);
        }
        assertEquals(0, run.status(), run.err());
        assertTrue(run.out().startsWith(System.lineSeparator() + "validation accuracy"), run.out());
        String log = logs(folder.resolve("quiet")).get(0);
        assertTrue(log.contains(" evonorm search --quiet --config "), log);
        assertTrue(log.contains(" Generation 0: 1 baseline trained ("), log);
        assertTrue(log.endsWith(" Ended with status 0\n"), log);
        assertEquals("", errors.toString(StandardCharsets.UTF_8));
    }

    /** A failure after the search has the folder: the log says where it comes from, and the user sees one sentence. */
    @Test
    void aLogHasTheTraceOfAFailure() throws IOException {
        Path run = folder.resolve("failed");
        String[] words = {
            "search",
            "--config",
            config().toString(),
            "--run",
            run.toString(),
            "--master",
            "local[1]",
            "--set",
            "search.generations=0"
        };
        CommandLineRun first = CommandLineRun.of(words);
        assertEquals(0, first.status(), first.err());
        Files.delete(run.resolve("front.txt"));
        Files.createDirectories(run.resolve("front.txt/not empty"));
        CommandLineRun failed = CommandLineRun.of(words);
        assertEquals(1, failed.status());
        assertEquals(1, failed.err().lines().count(), failed.err());
        String log = logs(run).stream()
                .filter(text -> text.contains("Failed: "))
                .findFirst()
                .orElseThrow();
        assertTrue(log.contains("front.txt"), log);
        assertTrue(log.contains("\n\tat org.evonorm.store."), log);
    }

    private static List<String> logs(Path run) throws IOException {
        try (Stream<Path> files = Files.list(run.resolve("logs"))) {
            List<String> logs = new ArrayList<>();
            for (Path file : files.sorted().toList()) {
                logs.add(Files.readString(file));
            }
            return logs;
        }
    }

    @Test
    void aDeadlineEndsRealTrainingsAtTheirNextStep() throws IOException {
        String run = folder.resolve("a run").toString();
        // These trainings would take days to end.
        CommandLineRun ended = CommandLineRun.of(
                "search",
                "--config",
                config().toString(),
                "--run",
                run,
                "--master",
                "local[1]",
                "--max-duration",
                "5s",
                "--set",
                "training.steps=1000000000");
        assertEquals(3, ended.status(), ended.err());
        assertTrue(ended.out().contains("stopped at its deadline before a generation was done"), ended.out());
        assertFalse(Files.exists(Path.of(run, ".lease")));
        CommandLineRun other = CommandLineRun.of(
                "search",
                "--config",
                config().toString(),
                "--run",
                run,
                "--master",
                "local[1]",
                "--max-duration",
                "6s");
        assertEquals(1, other.status());
        assertTrue(
                other.err().contains("training.steps = 1000000000, now 4")
                        && !other.err().contains("max-duration ="),
                other.err());
    }
}
