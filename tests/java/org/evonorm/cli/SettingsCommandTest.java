package org.evonorm.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.evonorm.settings.Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsCommandTest {

    private static final Pattern SETTING = Pattern.compile("(\\S+) = (.*)  # (.*)");

    @TempDir
    private Path folder;

    private static CommandLineRun settings(String... arguments) {
        List<String> all = new ArrayList<>(List.of("settings"));
        all.addAll(List.of(arguments));
        return CommandLineRun.of(all.toArray(String[]::new));
    }

    private static Set<String> keys(Config config) {
        return config.entrySet().stream().map(entry -> entry.getKey()).collect(Collectors.toCollection(TreeSet::new));
    }

    /** The line of a setting, which has a comment before it. */
    private static String line(CommandLineRun run, String key) {
        List<String> lines = run.out().lines().toList();
        int found = lines.indexOf(lines.stream()
                .filter(line -> line.startsWith(key + " = "))
                .findFirst()
                .orElseThrow(() -> new AssertionError(run.out())));
        return lines.get(found);
    }

    @Test
    void everyKeyIsPrintedOnceWithItsDocumentation() {
        CommandLineRun run = settings();
        assertEquals(0, run.status());
        List<String> printed = new ArrayList<>();
        List<String> undocumented = new ArrayList<>();
        String documentedSection = "nothing";
        for (String paragraph : run.out().split("\n\n")) {
            List<String> lines = paragraph.lines().toList();
            var setting = SETTING.matcher(lines.get(lines.size() - 1));
            if (!setting.matches()) {
                documentedSection = lines.get(0).replace("# Section ", "") + ".";
                continue;
            }
            String key = setting.group(1);
            printed.add(key);
            assertEquals("default", setting.group(3), key);
            if (lines.size() == 1 && !key.startsWith(documentedSection)) {
                undocumented.add(key);
            }
        }
        assertEquals(List.of(), undocumented);
        assertEquals(keys(Settings.load(Optional.empty(), List.of()).resolved()), new TreeSet<>(printed));
        assertEquals(new TreeSet<>(printed).size(), printed.size());
    }

    @Test
    void theOutputIsASettingsFile() throws IOException {
        Path preset = Path.of("conf/paper-s.conf");
        List<String> overrides = List.of("search.run=runs/a \"quoted\" # name", "data.path=/cifar");
        CommandLineRun run =
                settings("--config", preset.toString(), "--set", overrides.get(0), "--set", overrides.get(1));
        Path file = Files.writeString(folder.resolve("all.conf"), run.out());
        assertEquals(
                Settings.load(Optional.of(preset), overrides).resolved(),
                Settings.load(Optional.of(file), List.of()).resolved());
    }

    @Test
    void valuesTellWhereTheyComeFrom() throws IOException {
        Path file = Files.writeString(
                folder.resolve("my.conf"), "search {\n  seed = 7\n  networks = [resnet50]\n}\ntraining.steps = 5");
        CommandLineRun run = settings("--config", file.toString(), "--set", "training.steps=6");
        assertEquals("search.seed = 7  # " + file + ", line 2", line(run, "search.seed"));
        assertEquals("training.steps = 6  # --set training.steps=6", line(run, "training.steps"));
        assertEquals("search.generations = 10  # default", line(run, "search.generations"));
        // A setting that follows another one comes from where that one is set.
        assertEquals(
                "rejection.stability.networks = [\"resnet50\"]  # " + file + ", line 3",
                line(run, "rejection.stability.networks"));
    }

    @Test
    void aSectionOrAKeyCanBeChosen() {
        CommandLineRun run = settings("search.seed", "engine.gpu");
        assertEquals(
                List.of(
                        "search.seed",
                        "engine.gpu.amount-per-training",
                        "engine.gpu.amount-per-executor",
                        "engine.gpu.discovery-script"),
                run.out()
                        .lines()
                        .map(SETTING::matcher)
                        .filter(matcher -> matcher.matches())
                        .map(matcher -> matcher.group(1))
                        .toList());
    }

    @Test
    void whatIsWrongIsRefusedAsBySearch() {
        CommandLineRun key = settings("serch.seed");
        assertEquals(1, key.status());
        assertTrue(
                key.err().contains("there is no setting or section serch.seed; did you mean search.seed?"), key.err());
        CommandLineRun value = settings("--set", "search.seed=many");
        assertEquals(1, value.status());
        assertTrue(value.err().startsWith("evonorm: search.seed"), value.err());
        assertEquals("search.seed = \"many\"  # --set search.seed=many", line(value, "search.seed"));
    }
}
