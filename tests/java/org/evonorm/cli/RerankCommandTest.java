package org.evonorm.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RerankCommandTest {

    @TempDir
    private Path folder;

    @Test
    void reranksWhatASearchFound() throws IOException {
        Path config = folder.resolve("tiny.conf");
        Files.writeString(config, """
                search { generations = 1, proposals = 40, networks = [mobilenetv2], baselines = [] }
                networks.mobilenetv2 { width = 0.1, depth = 0.1 }
                data { training-images = 200, validation-images = 50, test-images = 30 }
                training { steps = 2, batch-size = 8, crop-size = 16, warmup-steps = 0, score-every = 0 }
                rejection { stability.enabled = off, quality.enabled = off }
                rerank {
                  candidates = 2, keep = 1, baselines = [BN-ReLU], seeds = 2, validation-images = 40
                  networks.mobilenetv2 { width = 0.2, depth = 0.1 }
                  training { steps = 3 }
                }
                """);
        String run = folder.resolve("a run").toString();
        CommandLineRun searched =
                CommandLineRun.of("search", "--config", config.toString(), "--run", run, "--master", "local[1]");
        assertEquals(0, searched.status(), searched.err());

        CommandLineRun first = CommandLineRun.of("rerank", "--run", run, "--master", "local[1]");
        assertEquals(0, first.status(), first.err());
        assertTrue(first.out().startsWith("Rerank of the best 2 layers of " + run + " beside 1 baseline"), first.out());
        assertTrue(
                first.out().contains(" images to train on, ") && first.out().contains(" (10 classes, synthetic)"),
                first.out());
        assertTrue(first.out().contains("6 trainings to score on held-out images"), first.out());
        assertTrue(first.out().contains("4 trainings to score on test images"), first.out());
        assertEquals(
                2,
                first.out()
                        .lines()
                        .filter(line -> line.matches("baseline +\\d+\\.\\d% ± \\d+\\.\\d .*BN-ReLU"))
                        .count(),
                first.out());
        assertEquals(
                1, first.out().lines().filter(line -> line.startsWith("kept ")).count(), first.out());

        CommandLineRun again =
                CommandLineRun.of("rerank", "--run", run, "--config", config.toString(), "--master", "local[1]");
        assertEquals(0, again.status(), again.err());
        assertTrue(again.out().contains("0 trainings to score on held-out images, 6 done before"), again.out());
        assertEquals(tables(first.out()), tables(again.out()));

        CommandLineRun averaged = CommandLineRun.of(
                "rerank",
                "--run",
                run,
                "--set",
                "engine.name=dl4j",
                "--set",
                "rerank.averaging=dl4j",
                "--set",
                "rerank.training.partitions=2",
                "--set",
                "rerank.candidates=1",
                "--set",
                "rerank.seeds=1",
                "--set",
                "rerank.keep=0",
                "--master",
                "local[2]");
        assertEquals(0, averaged.status(), averaged.err());
        assertTrue(averaged.out().contains("2 trainings to score on held-out images\n"), averaged.out());
        assertTrue(
                averaged.out().lines().anyMatch(line -> line.matches("baseline +\\d+\\.\\d% .*BN-ReLU")),
                averaged.out());
        CommandLineRun otherEngine = CommandLineRun.of("rerank", "--run", run, "--set", "rerank.averaging=dl4j");
        assertEquals(1, otherEngine.status());
        assertTrue(
                otherEngine.err().contains("rerank.averaging must be evonorm unless engine.name is dl4j, not"),
                otherEngine.err());

        CommandLineRun refused =
                CommandLineRun.of("rerank", "--run", run, "--set", "training.steps=9", "--master", "local[1]");
        assertEquals(1, refused.status());
        assertTrue(refused.err().contains("training.steps = 2, now 9"), refused.err());
        CommandLineRun missing =
                CommandLineRun.of("rerank", "--run", folder.resolve("nowhere").toString());
        assertEquals(1, missing.status());
        assertTrue(missing.err().contains("there is no run in " + folder.resolve("nowhere")), missing.err());
        assertEquals(2, CommandLineRun.of("rerank").status());
    }

    private static String tables(String out) {
        return out.substring(out.indexOf("held-out images  "));
    }
}
