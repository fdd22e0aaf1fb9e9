package org.evonorm.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.evonorm.cli.CommandLineRun;

/**
 * A run with every kind of file: two committed generations, a rerank, and the journal and lease of a search that was
 * killed in a training of the third generation.
 */
final class InterruptedRun {

    private static final Pattern TOKEN = Pattern.compile("\"token\":\"([^\"]+)\"");

    private InterruptedRun() {}

    static void make(Path config, Path run, Path scratch) throws IOException, InterruptedException {
        List<String> search = DisturbedCommand.SEARCH.words(config, run);
        List<String> shorter = new ArrayList<>(search);
        shorter.addAll(List.of("--set", "search.generations=1"));
        end(shorter);
        end(DisturbedCommand.RERANK.words(config, run));
        StartedCommand killed = new CommandJvm(scratch.resolve("jvm")).start(scratch.resolve("killed"), search);
        Moment firstResult = new Moment(new Moment.NewFile("journal", ".*/train-.*\\.json"), 0);
        assertTrue(firstResult.await(killed, run), "the search ended before it could be killed");
        killed.signal("KILL", true);
        killed.waitFor();
        leaveMore(run);
    }

    private static void end(List<String> words) {
        CommandLineRun ended = CommandLineRun.of(words.toArray(String[]::new));
        assertEquals(0, ended.status(), ended.err());
    }

    /** What a command leaves that dies in other moments: tables that it was writing, states, a trial that had begun. */
    private static void leaveMore(Path run) throws IOException {
        Matcher lease = TOKEN.matcher(Files.readString(run.resolve(".lease")));
        assertTrue(lease.find(), "no token");
        String token = lease.group(1);
        Path table = FileKind.CANDIDATES.in(run).get(0);
        Path attempt = run.resolve(".attempts/" + token + "/candidates/generation=2");
        Files.createDirectories(attempt);
        Files.copy(table, attempt.resolve("part-00000-x.snappy.parquet"));
        Path states = Files.createDirectories(run.resolve("states/" + token + "/round=1/0-ab-mobilenetv2"));
        Files.write(states.resolve("0"), new byte[400]);
        if (FileKind.JOURNAL_BEGUN.in(run).isEmpty()) {
            Path result = FileKind.JOURNAL_RESULT.in(run).get(0);
            String begun = result.getFileName().toString().replace(".json", ".begun");
            Files.createFile(result.resolveSibling(begun));
        }
    }
}
