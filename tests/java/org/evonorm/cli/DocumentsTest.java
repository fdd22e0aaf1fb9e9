package org.evonorm.cli;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.evonorm.settings.Settings;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The documents hold: links resolve, commands are commands of the program, and those that need no cluster run. */
class DocumentsTest {

    private static final int MOST_LINES_OF_THE_README = 150;
    private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|'([^']*)'|(\\S+)");
    private static final Pattern OWN_COMMAND =
            Pattern.compile("(?:submit/evonorm|submit/cluster \".*?\"|submit/cluster [^\"\\s]+) (.*)");

    private static Documents documents;

    @TempDir
    private Path temporary;

    @BeforeAll
    static void read() throws IOException {
        documents = Documents.read();
    }

    @Test
    void theReadmeIsShort() {
        Documents.Page readme = documents.pages().stream()
                .filter(page -> page.file().toString().equals("README.md"))
                .findFirst()
                .orElseThrow();
        assertTrue(readme.text().lines().count() <= MOST_LINES_OF_THE_README);
    }

    @Test
    void everyLinkResolves() {
        List<String> broken = new ArrayList<>();
        int links = 0;
        for (Documents.Page page : documents.pages()) {
            for (String link : page.links()) {
                links++;
                if (!link.contains("://") && !resolves(page, link)) {
                    broken.add(page.file() + ": " + link);
                }
            }
        }
        assertEquals(List.of(), broken);
        assertTrue(links > 20, "only " + links + " links were found");
    }

    private static boolean resolves(Documents.Page page, String link) {
        String[] parts = link.split("#", 2);
        Path target = parts[0].isEmpty()
                ? page.file()
                : Optional.ofNullable(page.file().getParent())
                        .orElse(Path.of(""))
                        .resolve(parts[0])
                        .normalize();
        if (!Files.exists(target)) {
            return false;
        }
        return parts.length == 1
                || documents.pages().stream()
                        .filter(other -> other.file().equals(target))
                        .anyMatch(other -> other.anchors().contains(parts[1]));
    }

    /** Also of blocks that are not run here: an option that is gone is found all the same. */
    @Test
    void everyCommandIsOneOfTheProgram() {
        int commands = 0;
        for (Documents.ShellBlock block : documents.shellBlocks()) {
            for (String line : block.commands()) {
                Matcher own = OWN_COMMAND.matcher(line);
                if (own.matches()) {
                    String[] words = words(own.group(1).replaceAll("\\s*[|&>].*", ""));
                    assertDoesNotThrow(() -> parse(words), () -> block.file() + ": " + line);
                    commands++;
                }
            }
        }
        assertTrue(commands > 10, "only " + commands + " commands were found");
    }

    private static void parse(String[] words) {
        CommandLine line = Numbers.register(new CommandLine(new Main()));
        line.setExpandAtFiles(false).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(words);
        List<String> overrides = IntStream.range(1, words.length)
                .filter(i -> words[i - 1].equals("--set"))
                .mapToObj(i -> words[i])
                .toList();
        Settings.load(Optional.empty(), overrides);
    }

    private static String[] words(String command) {
        Matcher matcher = WORD.matcher(command);
        return matcher.results()
                .map(found -> found.group(1) != null
                        ? found.group(1)
                        : found.group(2) != null ? found.group(2) : found.group(3))
                .toArray(String[]::new);
    }

    @Test
    void aBlockThatIsNotRunSaysWhy() {
        for (Documents.ShellBlock block : documents.shellBlocks()) {
            assertTrue(block.isRun() || block.reason().length() > 5, block.file() + ": " + block.script());
            assertTrue(
                    !block.mark().equals("needs") || block.reason().equals("runs/quickstart"),
                    block.file().toString());
        }
    }

    /** Runs every other block as its reader would, in the project's folder. */
    @Test
    @Tag("long")
    void theCommandsRun() throws IOException, InterruptedException {
        Path run = temporary.resolve("quickstart");
        bash("submit/evonorm search --config conf/quickstart.conf --run " + run
                + " --set search.generations=1 --set search.survivors=0 --set search.hurdles=[]"
                + " --set search.proposals=20 --set training.steps=5 --set rejection.quality.enabled=off"
                + " --set search.baselines=[BN-ReLU]");
        List<Documents.ShellBlock> runnable = documents.shellBlocks().stream()
                .filter(Documents.ShellBlock::isRun)
                .toList();
        assertFalse(runnable.isEmpty());
        for (Documents.ShellBlock block : runnable) {
            bash(block.script().replace("runs/quickstart", run.toString()));
        }
    }

    private static void bash(String script) throws IOException, InterruptedException {
        Process process = new ProcessBuilder("bash", "-euo", "pipefail", "-c", script)
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), script + "\n" + output);
    }
}
