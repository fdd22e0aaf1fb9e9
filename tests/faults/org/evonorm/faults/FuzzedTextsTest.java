package org.evonorm.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.evonorm.graph.Baselines;
import org.evonorm.graph.Family;
import org.evonorm.graph.Formula;
import org.evonorm.graph.Layer;
import org.evonorm.graph.LayerJson;
import org.evonorm.graph.LayerName;
import org.evonorm.graph.RandomGraphs;
import org.evonorm.settings.Settings;
import org.evonorm.settings.SettingsException;
import org.evonorm.store.Journal;
import org.evonorm.store.RunFolder;
import org.evonorm.store.StartedRun;
import org.evonorm.store.StoreTexts;
import org.evonorm.text.ListText;
import org.evonorm.text.Quotation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Texts from outside, thrown at their parsers: each is read, or refused by the documented exception with one sentence,
 * in less than a second. {@code -Devonorm.fuzz=1000000} is the number of texts.
 */
@Tag("long")
@Tag("trials")
class FuzzedTextsTest {

    private static final int TEXTS = Integer.getInteger("evonorm.fuzz", 50_000);
    private static final double MOST_SECONDS = 1;
    /** The stack of Java's threads by default. */
    private static final int STACK = 1 << 20;

    private static final Configuration HADOOP = new Configuration(false);

    @TempDir
    private Path folder;

    /** A parser of texts, with what it may throw. */
    private interface Parser {
        void read(String text) throws IOException;
    }

    private record Kind(
            String name, int share, List<String> seeds, Class<? extends Exception> documented, Parser parser) {}

    private final AtomicLong read = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private double longest;

    private static List<Layer> layers() {
        SplittableRandom random = new SplittableRandom(1);
        return Stream.concat(
                        Baselines.names().stream().map(Baselines::get),
                        Stream.generate(() ->
                                        Layer.evolved(new RandomGraphs(Family.B, 1 + random.nextInt(40)).next(random)))
                                .limit(30))
                .toList();
    }

    private List<Kind> kinds() throws IOException {
        List<String> formulas = new ArrayList<>(List.of("a = x * x; a / (a + v1)", "x | no affine", "EvoNorm-B0"));
        layers().forEach(layer -> formulas.add(Formula.print(layer)));
        List<String> overrides = List.of(
                "search.generations=3",
                "search.networks=[resnet50, mobilenetv2]",
                "search.baselines=[\"max(x, v0)\", identity]",
                "search.seed-layers=x, EvoNorm-S0",
                "networks.resnet50.width=0.25",
                "search.max-duration=90m",
                "training { steps = 5, momentum = 0.5 }",
                "data.seed=9223372036854775807");
        List<String> files = new ArrayList<>();
        for (Path preset : List.of(Path.of("conf/quickstart.conf"), Path.of("conf/paper-b.conf"))) {
            files.add(Files.readString(preset));
        }
        files.add(String.join("\n", overrides).replaceFirst("search.seed-layers=.*", ""));
        Path file = folder.resolve("fuzzed.conf");
        RunFolder run = RunFolder.at(folder.resolve("run").toString(), HADOOP);
        StartedRun.in(run, "");
        return List.of(
                new Kind("formulas", 36, formulas, IllegalArgumentException.class, text -> {
                    Layer layer = LayerName.parse(text);
                    assertEquals(layer, Formula.parse(Formula.print(layer)));
                }),
                new Kind(
                        "JSON layers",
                        28,
                        layers().stream().map(LayerJson::write).toList(),
                        IllegalArgumentException.class,
                        text -> {
                            Layer layer = LayerJson.read(text);
                            assertEquals(layer, LayerJson.read(LayerJson.write(layer)));
                        }),
                new Kind(
                        "commit records",
                        14,
                        List.of(StoreTexts.commitRecord()),
                        IOException.class,
                        StoreTexts::readCommitRecord),
                new Kind(
                        "batch records",
                        8,
                        List.of(StoreTexts.batchRecord()),
                        IOException.class,
                        StoreTexts::readBatchRecord),
                new Kind(
                        "leases",
                        2,
                        List.of(StoreTexts.lease()),
                        IOException.class,
                        text -> requireSentence("leases", StoreTexts.readLease(run, text), true)),
                journalEntries(run),
                new Kind("lists", 5, formulas, IllegalArgumentException.class, text -> {
                    for (String item : ListText.items(text)) {
                        assertTrue(!item.isBlank() && text.contains(item), item);
                    }
                }),
                new Kind(
                        "overrides",
                        3,
                        overrides,
                        SettingsException.class,
                        text -> Settings.load(Optional.empty(), List.of(text))),
                new Kind("settings files", 2, files, SettingsException.class, text -> {
                    // Halves of pairs have no form in UTF-8.
                    Files.write(file, text.getBytes(StandardCharsets.UTF_8));
                    Settings.load(Optional.of(file), List.of());
                }));
    }

    /** Entries that are read under the first one's key: only the entry as it was written counts. */
    private Kind journalEntries(RunFolder run) throws IOException {
        Journal journal = Journal.of(run, 0, HADOOP);
        String result = "{\"value\":{\"accuracy\":0.1,\"seconds\":2.5}}";
        journal.add("first", result);
        journal.add("second", result.replace("0.1", "0.9"));
        Path entries = folder.resolve("run/journal/generation=0");
        Path first = entries.resolve("first.json");
        return new Kind(
                "journal entries",
                2,
                List.of(Files.readString(first), Files.readString(entries.resolve("second.json"))),
                IOException.class,
                text -> {
                    Files.write(first, text.getBytes(StandardCharsets.UTF_8));
                    assertEquals(
                            result,
                            journal.result("first").orElseThrow(() -> new IOException("the entry does not count")));
                });
    }

    @Test
    void everyTextIsReadOrRefusedInOneSentenceWithinASecond() throws Exception {
        List<Throwable> failures = new ArrayList<>();
        for (Kind kind : kinds()) {
            Thread thread = new Thread(null, () -> fuzz(kind), "fuzz", STACK);
            thread.setUncaughtExceptionHandler((t, failure) -> failures.add(failure));
            thread.start();
            thread.join();
            assertEquals(List.of(), failures, kind.name());
        }
        assertTrue(read.get() > TEXTS / 100 && refused.get() > TEXTS / 2, read + " read, " + refused + " refused");
        System.out.printf(
                Locale.ROOT,
                "%d fuzzed texts: %d read, %d refused in one sentence, the slowest took %.3f s%n",
                read.get() + refused.get(),
                read.get(),
                refused.get(),
                longest);
    }

    private void fuzz(Kind kind) {
        MutatedText texts =
                new MutatedText(kind.seeds(), new SplittableRandom(kind.name().hashCode()));
        for (int i = TEXTS / 100 * kind.share(); i > 0; i--) {
            String text = texts.next();
            double before = processorSeconds();
            try {
                kind.parser().read(text);
                read.incrementAndGet();
            } catch (Exception | Error e) {
                if (!kind.documented().isInstance(e)) {
                    throw new AssertionError(kind.name() + ": " + Quotation.shown(text) + " with " + e, e);
                }
                // Jackson's messages have a second line, of which RunFolder takes the first alone.
                requireSentence(kind.name(), e.getMessage(), kind.documented() != IOException.class);
                refused.incrementAndGet();
            }
            double seconds = processorSeconds() - before;
            longest = Math.max(longest, seconds);
            assertTrue(seconds < MOST_SECONDS, () -> kind.name() + " took " + seconds + " s: " + Quotation.shown(text));
        }
    }

    private static void requireSentence(String kind, String message, boolean oneLine) {
        assertTrue(message != null && !message.isBlank(), kind);
        String shown = Quotation.message(message);
        assertTrue(shown.chars().noneMatch(c -> c != '\n' && Character.isISOControl(c)), shown);
        assertTrue(!oneLine || shown.lines().count() == 1, kind + ": " + shown);
    }

    private static double processorSeconds() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() * 1e-9;
    }
}
