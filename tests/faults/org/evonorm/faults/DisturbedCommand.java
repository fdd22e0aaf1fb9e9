package org.evonorm.faults;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The command under trial, a search or the rerank of its run: its words, the tables that it writes, and the trainings
 * that its folder keeps.
 */
enum DisturbedCommand {
    SEARCH(List.of("candidates", "evaluations", "selection"), "validation accuracy "),
    RERANK(List.of("rerank"), "held-out images  ");

    static final int GENERATIONS = 2;

    /** Real images, filters and trainings, each so small that the whole takes as long as the start of its JVM. */
    static final String SETTINGS = """
            search {
              proposals = 120, networks = [mobilenetv2, efficientnetb0], baselines = [BN-ReLU], generations = 2
              window = 20, tournament-share = 0.3
            }
            networks { mobilenetv2 { width = 0.1, depth = 0.1 }, efficientnetb0 { width = 0.1, depth = 0.1 } }
            data { training-images = 400, validation-images = 100, test-images = 50 }
            training { steps = 25, batch-size = 8, crop-size = 16, warmup-steps = 0, score-every = 10 }
            rejection { quality { steps = 2, ten-class-threshold = 0 }, stability.steps = 2 }
            rerank {
              candidates = 2, keep = 1, baselines = [BN-ReLU], seeds = 2, validation-images = 40
              networks { mobilenetv2 { width = 0.2, depth = 0.1 }, efficientnetb0 { width = 0.2, depth = 0.1 } }
              training { steps = 30 }
            }
            """;

    private static final JsonMapper JSON = new JsonMapper();
    private static final Pattern TRAINED = Pattern.compile("train-(\\d+)-([0-9a-f]+)-(\\w+)-[0-9a-f]+\\.json");

    private static final Pattern RERANKED =
            Pattern.compile("rerank-([0-9a-f]+)-(\\w+)-([A-Z]+)-(\\d+)-[0-9a-f]+-[0-9a-f]+\\.json");

    private final List<String> tables;
    private final String result;

    DisturbedCommand(List<String> tables, String result) {
        this.tables = tables;
        this.result = result;
    }

    List<String> words(Path config, Path run) {
        return switch (this) {
            case SEARCH ->
                List.of("search", "--config", config.toString(), "--run", run.toString(), "--master", "local[2]");
            case RERANK -> List.of("rerank", "--run", run.toString(), "--master", "local[2]");
        };
    }

    /** The rows that an undisturbed command writes too. */
    List<String> rows(Path run) throws IOException {
        return TableRows.repeatable(run, tables);
    }

    /** The table at the end of the command's output. */
    String result(String out, Path run) {
        return out.substring(Math.max(0, out.indexOf(result))).replace(run.toString(), "RUN");
    }

    /** Whether the output has the table at the end, so that the signal came too late to stop anything. */
    boolean hasResult(String out) {
        return out.contains(result)
                && out.stripTrailing().lines().reduce("", (line, next) -> next).startsWith("All t");
    }

    /** Whether the folder holds all that the command is there to do. */
    boolean isComplete(Path run, List<String> expectedRows) throws IOException {
        return this == SEARCH
                ? Files.exists(run.resolve("commits/generation=" + GENERATIONS + ".json"))
                : rows(run).size() == expectedRows.size();
    }

    /**
     * The trainings whose results the folder has, with their seconds, which no second training takes to the last digit.
     */
    Map<String, Double> kept(Path run) throws IOException {
        Map<String, Double> kept = this == RERANK
                ? TableRows.seconds(run, "rerank", List.of("id", "network", "scored_on", "training"))
                : TableRows.seconds(run, "evaluations", List.of("index", "id", "network"));
        kept.putAll(journalled(run));
        return kept;
    }

    private Map<String, Double> journalled(Path run) throws IOException {
        Map<String, Double> journalled = new HashMap<>();
        try (Stream<Path> files = Files.walk(run.resolve("journal"))) {
            for (Path file : files.toList()) {
                Optional<String> training = training(file.getFileName().toString());
                if (training.isPresent()) {
                    String text = Files.readString(file);
                    journalled.put(
                            training.get(),
                            JSON.readTree(text.substring(text.indexOf('\n') + 1))
                                    .path("value")
                                    .path("seconds")
                                    .asDouble());
                }
            }
        } catch (NoSuchFileException e) {
            return Map.of();
        }
        return journalled;
    }

    /** The key, as rows of the table have it, of the training whose result a file of the journal has. */
    private Optional<String> training(String file) {
        Matcher ofSearch = TRAINED.matcher(file);
        Matcher ofRerank = RERANKED.matcher(file);
        if (this == SEARCH && ofSearch.matches()) {
            return Optional.of(
                    "index=" + ofSearch.group(1) + " id=" + ofSearch.group(2) + " network=" + ofSearch.group(3) + " ");
        }
        if (this == RERANK && ofRerank.matches()) {
            return Optional.of("id=" + ofRerank.group(1) + " network=" + ofRerank.group(2) + " scored_on="
                    + ofRerank.group(3).toLowerCase(Locale.ROOT) + " training=" + ofRerank.group(4) + " ");
        }
        return Optional.empty();
    }

    /** Whether a dead process left the mark of a trial, which gets its second attempt in a JVM of its own. */
    static boolean hasBegunTrials(Path run) throws IOException {
        try (Stream<Path> files = Files.walk(run.resolve("journal"))) {
            return files.anyMatch(file -> file.toString().endsWith(".begun"));
        } catch (NoSuchFileException e) {
            return false;
        }
    }
}
