package org.evonorm.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.evonorm.faults.DisturbedRun.Undisturbed;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Signals at random moments of searches and reranks. Few by default, because each takes several JVMs with Spark;
 * -Devonorm.signals=100 -Devonorm.seed=… are the trials of a release.
 */
@Tag("long")
@Tag("trials")
class SignalsTest {

    private static final int SIGNALS = Integer.getInteger("evonorm.signals", 1);
    private static final long SEED = Long.getLong("evonorm.seed", 21);
    /** Signals after which a run is let go to its end. */
    private static final int MOST_PER_RUN = 4;
    /** Fewer JVMs than this start sooner than their classes are archived. */
    private static final int WORTH_SHARING = 10;

    @TempDir
    private Path temporary;

    private final Random random = new Random(SEED);

    @Test
    void nothingIsLostAndNothingIsDoneTwice() throws IOException, InterruptedException {
        CommandJvm jvm = new CommandJvm(temporary.resolve("jvm"));
        Path config = Files.writeString(temporary.resolve("tiny.conf"), DisturbedCommand.SETTINGS);
        if (SIGNALS >= WORTH_SHARING) {
            jvm.shareClassesOf(DisturbedCommand.SEARCH.words(config, temporary.resolve("sharing")));
        }
        Path searched = temporary.resolve("searched");
        Undisturbed search = undisturbed(jvm, DisturbedCommand.SEARCH, config, searched);
        Path reranked = temporary.resolve("reranked");
        RunFiles.copy(searched, reranked);
        Undisturbed rerank = undisturbed(jvm, DisturbedCommand.RERANK, config, reranked);

        List<Signalled> all = new ArrayList<>();
        for (int number = 0; all.size() < SIGNALS; number++) {
            Path run = temporary.resolve("run" + number);
            Path outputs = temporary.resolve("outputs" + number);
            boolean ofSearch = number % 3 < 2;
            if (!ofSearch) {
                RunFiles.copy(searched, run);
            }
            DisturbedRun disturbed = new DisturbedRun(
                    jvm,
                    ofSearch ? DisturbedCommand.SEARCH : DisturbedCommand.RERANK,
                    ofSearch ? search : rerank,
                    config,
                    run,
                    outputs,
                    random);
            List<Signalled> signalled =
                    disturbed.disturb(Math.min(1 + random.nextInt(MOST_PER_RUN), SIGNALS - all.size()));
            signalled.forEach(SignalsTest::tell);
            all.addAll(signalled);
            RunFiles.delete(run);
            RunFiles.delete(outputs);
        }
        print("fault", all, signal -> signal.command() + " " + signal.fault());
        print("stage", all, signal -> signal.command() + " " + signal.stage());
        for (DisturbedCommand command : DisturbedCommand.values()) {
            List<Signalled> of =
                    all.stream().filter(signal -> signal.command() == command).toList();
            assertTrue(keptShare(of) >= 0.95, command + ": kept " + keptShare(of));
        }
        assertEquals(
                List.of(), all.stream().filter(signal -> !signal.survived()).toList());
    }

    private Undisturbed undisturbed(CommandJvm jvm, DisturbedCommand command, Path config, Path run)
            throws IOException, InterruptedException {
        long start = System.nanoTime();
        StartedCommand started = jvm.start(temporary.resolve("undisturbed-" + command), command.words(config, run));
        assertEquals(0, started.waitFor(), () -> "undisturbed: " + command);
        long millis = (System.nanoTime() - start) / 1_000_000;
        assertEquals(command.kept(run).size(), started.trained(), command + ": trainings that were counted");
        return new Undisturbed(command.rows(run), command.result(started.out(), run), RunFiles.names(run), millis);
    }

    private static double keptShare(List<Signalled> signals) {
        int finished = signals.stream().mapToInt(Signalled::finished).sum();
        return finished == 0 ? 1 : signals.stream().mapToInt(Signalled::kept).sum() / (double) finished;
    }

    private static void tell(Signalled signal) {
        System.out.println(signal);
    }

    /** A table of trials and survivors by one property. */
    private static void print(String by, List<Signalled> all, Function<Signalled, String> property) {
        System.out.printf(Locale.ROOT, "%-45s %7s %9s %9s %5s%n", by, "signals", "survivors", "finished", "kept");
        Map<String, List<Signalled>> groups =
                all.stream().collect(Collectors.groupingBy(property, TreeMap::new, Collectors.toList()));
        groups.put("~ all", all);
        groups.forEach((name, of) -> System.out.printf(
                Locale.ROOT,
                "%-45s %7d %9d %9d %5d%n",
                name,
                of.size(),
                of.stream().filter(Signalled::survived).count(),
                of.stream().mapToInt(Signalled::finished).sum(),
                of.stream().mapToInt(Signalled::kept).sum()));
    }
}
