package org.evonorm.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.evonorm.cli.CommandLineRun;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files of a run that are corrupted, exchanged, missing or not the run's. Every command then gives the intact run's
 * result, or ends with one sentence that names the file and the mend. A few by default; -Devonorm.corruptions=130 are
 * all pairs of kinds.
 */
@Tag("long")
@Tag("trials")
class CorruptedFilesTest {

    private static final int CORRUPTIONS = Integer.getInteger("evonorm.corruptions", 3);
    private static final long SEED = Long.getLong("evonorm.seed", 21);

    private static final Pattern MEND =
            Pattern.compile("\\b(?:restore|delete|name another|use|put|wait|mend|free|make|correct|bring|take)\\b");

    private static final Map<String, String> QUICK = Map.of(
            "spark.sql.codegen.wholeStage", "false",
            "spark.sql.codegen.factoryMode", "NO_CODEGEN",
            "spark.sql.adaptive.enabled", "false",
            "spark.sql.shuffle.partitions", "1");

    @TempDir
    private Path temporary;

    private Path config;
    private Path intact;
    private Path run;
    private final Map<RunCommand, Object> expected = new EnumMap<>(RunCommand.class);

    /** A harmed file. */
    private record Harm(FileKind kind, Corruption corruption, boolean checksumsDeleted, long seed, List<Path> files) {}

    private enum Verdict {
        HARMLESS,
        NAMED,
        WRONG
    }

    /** What a command made of a harmed file. */
    private record Outcome(Harm harm, RunCommand command, Verdict verdict, String detail) {}

    /** Compiling a query takes longer than running it on a few rows. */
    @BeforeAll
    static void hurry() {
        QUICK.forEach(System::setProperty);
    }

    @AfterAll
    static void hurryNoMore() {
        QUICK.keySet().forEach(System::clearProperty);
    }

    @Test
    void everyHarmIsNamedOrHarmless() throws IOException, InterruptedException {
        config = Files.writeString(temporary.resolve("tiny.conf"), DisturbedCommand.SETTINGS);
        intact = temporary.resolve("intact/run");
        run = temporary.resolve("harmed/run");
        Files.createDirectories(intact.getParent());
        Files.createDirectories(run.getParent());
        // Its path is in its own pages, so it is made where the harmed ones will stand.
        InterruptedRun.make(config, run, temporary);
        Files.move(run, intact);
        String candidate = TableRows.seconds(intact, "evaluations", List.of("id")).keySet().stream()
                .sorted()
                .findFirst()
                .orElseThrow();
        Files.writeString(
                run.resolveSibling("candidate"), candidate.replace("id=", "").strip());
        for (RunCommand command : RunCommand.values()) {
            RunFiles.delete(run);
            RunFiles.copy(intact, run);
            CommandLineRun ended = command.run(config, run);
            assertEquals(0, ended.status(), ended.err());
            expected.put(command, command.result(ended, run));
        }
        List<Outcome> outcomes = new ArrayList<>();
        for (Harm harm : harms()) {
            outcomes.addAll(trial(harm));
        }
        print("kind of file", outcomes, outcome -> outcome.harm.kind);
        print("harm", outcomes, outcome -> outcome.harm.corruption);
        print("command", outcomes, Outcome::command);
        List<Outcome> wrong = outcomes.stream()
                .filter(outcome -> outcome.verdict == Verdict.WRONG)
                .toList();
        assertEquals(List.of(), wrong);
    }

    /**
     * Pairs of a kind of file and a kind of harm in a random order, with random seeds; after all pairs, they come
     * again.
     */
    private List<Harm> harms() throws IOException {
        Random random = new Random(SEED);
        List<Harm> pairs = new ArrayList<>();
        for (FileKind kind : FileKind.values()) {
            assertFalse(kind.in(intact).isEmpty(), kind + " has no file");
            for (Corruption corruption : Corruption.values()) {
                pairs.add(new Harm(kind, corruption, random.nextBoolean(), random.nextLong(), List.of()));
            }
        }
        Collections.shuffle(pairs, random);
        return Stream.generate(() -> pairs)
                .flatMap(List::stream)
                .limit(CORRUPTIONS)
                .toList();
    }

    private List<Outcome> trial(Harm harm) throws IOException {
        List<Outcome> outcomes = new ArrayList<>();
        Harm harmed = harm;
        Map<String, String> before = Map.of();
        for (RunCommand command : RunCommand.values()) {
            if (outcomes.isEmpty() || !command.onlyReads()) {
                RunFiles.delete(run);
                RunFiles.copy(intact, run);
                harmed = new Harm(harm.kind, harm.corruption, harm.checksumsDeleted, harm.seed, harmFile(harm));
                before = RunFiles.state(run);
            }
            Outcome outcome = tried(harmed, command);
            if (command.onlyReads() && !before.equals(RunFiles.state(run))) {
                outcome = new Outcome(harmed, command, Verdict.WRONG, "changed the run's folder");
            }
            if (outcome.verdict == Verdict.WRONG) {
                System.out.println(outcome);
            }
            outcomes.add(outcome);
        }
        return outcomes;
    }

    /** Harms a file of the run, or two that are exchanged; returns their paths in the run's folder. */
    private List<Path> harmFile(Harm harm) throws IOException {
        Random random = new Random(harm.seed);
        List<Path> files = harm.kind.in(run);
        Path file = files.get(random.nextInt(files.size()));
        List<Path> others = files.stream().filter(other -> !other.equals(file)).toList();
        List<Path> harmed = new ArrayList<>(List.of(run.relativize(file)));
        if (harm.corruption != Corruption.SWAPPED) {
            harm.corruption.apply(file, file, random);
        } else if (others.isEmpty()) {
            // The only one of its kind gets the content of a file of another kind.
            Files.copy(FileKind.COMMIT_RECORD.in(run).get(0), file, StandardCopyOption.REPLACE_EXISTING);
        } else {
            Path other = others.get(random.nextInt(others.size()));
            harm.corruption.apply(file, other, random);
            harmed.add(run.relativize(other));
        }
        if (harm.checksumsDeleted && harm.kind != FileKind.CHECKSUM) {
            for (Path checksum : FileKind.CHECKSUM.in(run)) {
                Files.delete(checksum);
            }
        }
        return harmed;
    }

    private Outcome tried(Harm harm, RunCommand command) throws IOException {
        CommandLineRun ended;
        List<String> warnings;
        try (Warnings collected = Warnings.collected()) {
            ended = command.run(config, run);
            warnings = collected.lines();
        } catch (RuntimeException | Error e) {
            return new Outcome(harm, command, Verdict.WRONG, "threw " + e);
        }
        if (!warnings.isEmpty()) {
            return new Outcome(harm, command, Verdict.WRONG, "logged " + warnings + ", said " + ended.err());
        }
        if (ended.status() == 0) {
            if (command.result(ended, run).equals(expected.get(command)) || isDocumented(harm, command)) {
                return new Outcome(harm, command, Verdict.HARMLESS, "");
            }
            return new Outcome(harm, command, Verdict.WRONG, "silently gave another result: " + ended.out());
        }
        String said = ended.err();
        boolean one = said.lines().count() == 1 && said.startsWith("evonorm: ");
        boolean named = isNamed(harm, said);
        if (ended.status() == 1 && one && named && MEND.matcher(said).find()) {
            return new Outcome(harm, command, Verdict.NAMED, said);
        }
        return new Outcome(harm, command, Verdict.WRONG, "status " + ended.status() + ": " + said);
    }

    /** Whether a sentence has a harmed file, its folder, or what run.conf says. */
    private static boolean isNamed(Harm harm, String said) {
        boolean settings = harm.kind == FileKind.RUN_CONF && said.contains("was started with other settings");
        return settings
                || harm.files.stream()
                        .anyMatch(file -> said.contains(file.toString())
                                || (file.getParent() != null
                                        && said.contains(file.getParent().toString())));
    }

    /** Deleting the last record is the documented way to run its generation again; until then it does not count. */
    private static boolean isDocumented(Harm harm, RunCommand command) {
        return harm.kind == FileKind.COMMIT_RECORD
                && harm.corruption == Corruption.MISSING
                && command != RunCommand.SEARCH;
    }

    private static void print(String by, List<Outcome> outcomes, Function<Outcome, Enum<?>> property) {
        Map<String, List<Outcome>> groups = new TreeMap<>();
        outcomes.forEach(
                outcome -> groups.computeIfAbsent(property.apply(outcome).name(), name -> new ArrayList<>())
                        .add(outcome));
        groups.put("~ all", outcomes);
        System.out.printf(
                Locale.ROOT, "%-20s %6s %9s %9s %6s %6s%n", by, "files", "commands", "harmless", "named", "wrong");
        groups.forEach((name, of) -> System.out.printf(
                Locale.ROOT,
                "%-20s %6d %9d %9d %6d %6d%n",
                name,
                of.stream().map(Outcome::harm).distinct().count(),
                of.size(),
                count(of, Verdict.HARMLESS),
                count(of, Verdict.NAMED),
                count(of, Verdict.WRONG)));
    }

    private static long count(List<Outcome> outcomes, Verdict verdict) {
        return outcomes.stream().filter(outcome -> outcome.verdict == verdict).count();
    }
}
