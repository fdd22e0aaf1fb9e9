package org.evonorm.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.evonorm.graph.LayerJson;
import org.evonorm.search.Search;
import org.evonorm.search.progress.SearchObserver;
import org.evonorm.settings.Settings;
import org.evonorm.store.LocalSpark;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A run and images in folders whose names are patterns, escapes and variables to one library or another. Neighbours
 * that the patterns would match hold other runs' files, which must not be seen.
 */
class HostileNamesTest {

    private static final String HOSTILE = "seed[1]{a,b}*?^ 50%20 #1: ${user.name} \\x";
    private static final String SETTINGS = """
            search { proposals = 150, networks = [mobilenetv2], baselines = [BN-ReLU], window = 20, generations = 1 }
            networks.mobilenetv2 { width = 0.1, depth = 0.1 }
            data { source = parquet, training-images = 200, validation-images = 50 }
            training { steps = 3, batch-size = 8, crop-size = 16, warmup-steps = 0, score-every = 0 }
            rejection { quality { steps = 2, ten-class-threshold = 0 }, stability.steps = 2 }
            rerank {
              candidates = 1, keep = 1, seeds = 1, validation-images = 30, baselines = [BN-ReLU]
              networks.mobilenetv2 = { width = 0.125, depth = 0.2 }, training.steps = 3
            }
            """;

    @TempDir
    private Path temporary;

    private CommandLineRun command(String... arguments) {
        CommandLineRun run = CommandLineRun.of(arguments);
        assertEquals(0, run.status(), run.err());
        return run;
    }

    @Test
    void everyCommandTakesTheNamesLiterally() throws IOException {
        Path images = temporary.resolve("images " + HOSTILE);
        Path run = temporary.resolve(HOSTILE);
        // What Spark's reader would take for the run, were its name a pattern.
        Path neighbour = Files.createDirectories(temporary.resolve("seed1a50%20"));
        Files.createDirectories(neighbour.resolve("candidates/generation=0"));
        Files.writeString(neighbour.resolve("candidates/generation=0/part-0-x.parquet"), "no Parquet");
        command("images", "--data", "synthetic", "--training", "300", "--output", images.toString());
        Path config = Files.writeString(temporary.resolve("tiny.conf"), SETTINGS);
        List<String> search = new ArrayList<>(List.of(
                "search", "--config", config.toString(), "--run", run.toString(), "--set", "data.path=" + images));
        command(search.toArray(String[]::new));
        search.addAll(List.of("--set", "search.generations=2"));
        command(search.toArray(String[]::new));
        assertTrue(Files.exists(run.resolve("commits/generation=2.json")));

        Path page = run.resolve("report " + HOSTILE + ".html");
        command("report", run.toString(), "--output", page.toString());
        assertTrue(Files.readString(page).contains("${user.name}"));

        CommandLineRun reranked = command("rerank", "--run", run.toString());
        assertTrue(reranked.out().contains("All trainings are in " + run + "/rerank."), reranked.out());
        assertTrue(command("rerank", "--run", run.toString()).out().contains("0 trainings to score"));

        String id = reranked.out()
                .lines()
                .filter(line -> line.startsWith("found, rank 1"))
                .findFirst()
                .orElseThrow()
                .replaceAll(".*\\s([0-9a-f]{16})\\s.*", "$1");
        String json = command("export", "--run", run.toString(), "--candidate", id, "--format", "json")
                .out();
        assertFalse(LayerJson.write(LayerJson.read(json)).isEmpty());
        assertTrue(new JsonMapper().readTree(json).has("nodes"));

        try (Stream<Path> made = Files.list(temporary)) {
            assertEquals(
                    Stream.of(images, run, neighbour, config).sorted().toList(),
                    made.sorted().toList(),
                    "nothing was written beside");
        }
    }

    /** The same settings in a folder of a plain name give the same tables: the name decides nothing. */
    @Test
    void aSearchStartsWhereAPatternWouldFindNothing() {
        Path run = temporary.resolve("[a-c]");
        Settings settings = Settings.load(
                Optional.empty(),
                List.of(
                        "search.run=" + run,
                        "search.generations=0",
                        "search.networks=[mobilenetv2]",
                        "search.baselines=[BN-ReLU]",
                        "networks.mobilenetv2={width = 0.1, depth = 0.1}",
                        "data.training-images=60",
                        "data.validation-images=20",
                        "training={steps = 2, batch-size = 8, crop-size = 16, warmup-steps = 0, score-every = 0}"));
        assertEquals(
                1,
                Search.run(LocalSpark.session(2), settings, SearchObserver.SILENT)
                        .baselines()
                        .size());
    }
}
