package org.evonorm.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.evonorm.evolution.Evaluated;
import org.evonorm.search.progress.GenerationSummary;
import org.evonorm.search.progress.SearchObserver;
import org.evonorm.search.progress.SearchSummary;
import org.evonorm.store.LocalSpark;
import org.evonorm.store.RunFolder;
import org.evonorm.store.TableFrames;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Searches with hurdles end to end on Spark and Parquet, with an evaluator of known accuracies. */
class HurdleSearchTest {

    private static final int GENERATIONS = 3;
    private static final int WINDOW = 25;

    private static SparkSession spark;
    /** A run that was never interrupted, on two cores. */
    private static Path whole;

    private static SearchSummary wholeSummary;
    private static final List<GenerationSummary> SUMMARIES = new ArrayList<>();
    private static int anewInWhole;

    @TempDir
    private Path temporary;

    @BeforeAll
    static void searchOnce(@TempDir Path folder) {
        spark = LocalSpark.session(2);
        whole = folder.resolve("whole");
        KnownAccuracies.TRAININGS_LEFT.set(-1);
        KnownAccuracies.ANEW.set(0);
        wholeSummary = search(whole, new SearchObserver() {
            @Override
            public void generationCommitted(GenerationSummary summary) {
                SUMMARIES.add(summary);
            }
        });
        anewInWhole = KnownAccuracies.ANEW.get();
    }

    @BeforeEach
    void mendTheMachine() {
        KnownAccuracies.TRAININGS_LEFT.set(-1);
        KnownAccuracies.TRAINING_MILLIS.set(0);
        KnownAccuracies.ANEW.set(0);
    }

    private static SearchSummary search(Path run, SearchObserver observer, String... more) {
        List<String> overrides = new ArrayList<>(List.of(
                "search.hurdles=[150, 500, 2000]",
                "search.window=" + WINDOW,
                "search.proposals=80",
                "search.seed-layers=[EvoNorm-S0]"));
        overrides.addAll(List.of(more));
        return KnownSearch.run(
                spark, run.toString(), GENERATIONS, new KnownAccuracies(), observer, overrides.toArray(String[]::new));
    }

    private static TableFrames tables(Path run) {
        return TableFrames.open(
                spark, RunFolder.at(run.toString(), spark.sparkContext().hadoopConfiguration()));
    }

    private static void crashAfter(Path run, int trainings) {
        KnownAccuracies.TRAININGS_LEFT.set(trainings);
        assertThrows(Exception.class, () -> search(run, SearchObserver.SILENT));
        KnownAccuracies.TRAININGS_LEFT.set(-1);
    }

    @Test
    void crashesAndCoresChangeNoRowAndNoTrainingBeginsAnew() throws IOException {
        Path run = temporary.resolve("crashed");
        spark = LocalSpark.session(1);
        for (int trainings : new int[] {2, 12, 31}) {
            crashAfter(run, trainings);
        }
        spark = LocalSpark.session(2);
        for (int trainings : new int[] {3, 8}) {
            crashAfter(run, trainings);
        }
        search(run, SearchObserver.SILENT);
        assertEquals(RepeatableRows.in(spark, whole), RepeatableRows.in(spark, run));
        assertEquals(0, KnownAccuracies.ANEW.get());
        assertEquals(0, anewInWhole);
        try (Stream<Path> journals = Files.list(run.resolve("journal"))) {
            assertEquals(List.of(), journals.toList());
        }
    }

    @Test
    @Tag("long")
    void lostAndAlteredStatesCostTimeAlone() throws IOException {
        Path run = temporary.resolve("altered");
        int damaged = 0;
        for (int trainings : new int[] {16, 29, 42}) {
            crashAfter(run, trainings);
            List<Path> states;
            try (Stream<Path> files = Files.walk(run.resolve("journal"))) {
                states = files.filter(file -> file.toString().endsWith(".state"))
                        .sorted()
                        .toList();
            }
            for (Path state : states) {
                damage(state, damaged++, states.get(0));
            }
        }
        search(run, SearchObserver.SILENT);
        assertEquals(RepeatableRows.in(spark, whole), RepeatableRows.in(spark, run));
        assertTrue(damaged > 0 && KnownAccuracies.ANEW.get() > 0, damaged + " states were damaged");
    }

    /** Deletes, cuts, alters or exchanges a state. */
    private static void damage(Path state, int kind, Path other) throws IOException {
        byte[] bytes = Files.readAllBytes(state);
        switch (kind % 5) {
            case 0 -> Files.delete(state);
            case 1 -> Files.write(state, Arrays.copyOf(bytes, bytes.length - 1));
            case 2 -> Files.write(state, new byte[0]);
            case 3 -> {
                bytes[kind % bytes.length] ^= 4;
                Files.write(state, bytes);
            }
            default -> Files.write(state, Files.exists(other) ? Files.readAllBytes(other) : new byte[4]);
        }
    }

    /** The rule of docs/design.md, from the tables alone: who was stopped where follows from the accuracies. */
    @Test
    void theTablesTellWhoWasStoppedWhere() {
        Map<String, Row> candidates = new TreeMap<>();
        Map<String, Map<Integer, List<Double>>> reached = new TreeMap<>();
        tables(whole)
                .candidates()
                .collectAsList()
                .forEach(row -> candidates.put(name(row.getAs("generation"), row.getAs("index")), row));
        for (Row training : tables(whole).evaluations().orderBy("network_index").collectAsList()) {
            for (Row hurdle : training.<Row>getList(training.fieldIndex("hurdles"))) {
                reached.computeIfAbsent(
                                name(training.getAs("generation"), training.getAs("index")), key -> new TreeMap<>())
                        .computeIfAbsent(hurdle.getAs("steps"), key -> new ArrayList<>())
                        .add(hurdle.getAs("accuracy"));
            }
        }
        Set<Integer> stoppedAt = new HashSet<>();
        for (int generation = 1; generation <= GENERATIONS; generation++) {
            Set<String> window =
                    tables(whole).selection().where("generation = " + (generation - 1)).collectAsList().stream()
                            .map(row -> name(row.getAs("evaluated_in"), row.getAs("index")))
                            .collect(Collectors.toSet());
            String prefix = generation + " ";
            for (int hurdle : new int[] {150, 500}) {
                List<List<Double>> field = reached.entrySet().stream()
                        .filter(entry -> window.contains(entry.getKey())
                                || entry.getKey().startsWith(prefix))
                        .flatMap(entry -> Stream.ofNullable(entry.getValue().get(hurdle)))
                        .toList();
                for (Map.Entry<String, Map<Integer, List<Double>>> entry : reached.entrySet()) {
                    List<Double> accuracies = entry.getValue().get(hurdle);
                    Row row = candidates.get(entry.getKey());
                    if (!entry.getKey().startsWith(prefix) || accuracies == null) {
                        continue;
                    }
                    boolean stopped = Integer.valueOf(hurdle).equals(row.getAs("stopped_at"));
                    boolean diverged = accuracies.equals(List.of(0.0, 0.0, 0.0)) && hurdle > 150;
                    boolean under = mean(accuracies) < median(field.stream().map(HurdleSearchTest::mean)) - 1e-9;
                    boolean far = false;
                    for (int network = 0; network < 3; network++) {
                        int position = network;
                        far |= accuracies.get(network)
                                < median(field.stream().map(values -> values.get(position))) - 0.05 - 1e-9;
                    }
                    assertEquals(under || far || diverged, stopped, entry + " at " + hurdle + ": " + row);
                    assertEquals(stopped ? "stopped" : row.getAs("status"), row.getAs("status"));
                    if (stopped) {
                        stoppedAt.add(hurdle);
                        assertTrue(row.<String>getAs("reason").contains(" after "), row.toString());
                    }
                }
            }
        }
        assertEquals(Set.of(150, 500), stoppedAt);
    }

    private static String name(int generation, int index) {
        return generation + " " + index;
    }

    private static double mean(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    }

    /** The lower median. */
    private static double median(Stream<Double> values) {
        List<Double> sorted = values.sorted().toList();
        return sorted.get((sorted.size() - 1) / 2);
    }

    @Test
    void everyStatusHasItsRows() {
        TableFrames tables = tables(whole);
        List<Row> candidates = tables.candidates().collectAsList();
        Map<String, Long> statuses = candidates.stream()
                .collect(Collectors.groupingBy(row -> row.getAs("status"), TreeMap::new, Collectors.counting()));
        assertTrue(
                statuses.keySet()
                        .containsAll(List.of("failed", "rejected-quality", "rejected-stability", "stopped", "trained")),
                statuses.toString());
        assertEquals(
                3 * (statuses.get("stopped") + statuses.get("trained")),
                tables.evaluations().count());
        assertEquals(
                0,
                tables.candidates()
                        .where("generation = 0 and status != 'trained'")
                        .count());
        assertEquals(
                0,
                tables.candidates()
                        .where("(status = 'stopped') != (stopped_at is not null)")
                        .count());
        assertEquals(
                0,
                tables.evaluations()
                        .where("size(hurdles) = 3 and steps != 2000 and not diverged")
                        .count());
        long stopped = SUMMARIES.stream().mapToLong(GenerationSummary::stopped).sum();
        assertEquals(statuses.get("stopped"), stopped);
    }

    @Test
    void membersThatWereStoppedStayInTheWindowBehindThoseThatWereNot() {
        TableFrames tables = tables(whole);
        List<Evaluated> window = tables.tables().window(WINDOW).members();
        assertEquals(WINDOW, window.size());
        assertTrue(window.stream().anyMatch(member -> !member.fitness().isWhole()));
        assertTrue(window.stream().anyMatch(member -> member.fitness().isWhole()));
        assertEquals(
                0,
                tables.selection()
                        .where("generation = " + GENERATIONS + " and on_front and stopped_at is not null")
                        .count());
        // Known accuracies grow evenly from hurdle to hurdle.
        for (Evaluated member : window) {
            List<Double> all =
                    KnownAccuracies.fitness(member.candidate().layer()).accuracies();
            for (int steps : new int[] {150, 500}) {
                member.fitness().at(steps).ifPresent(accuracies -> {
                    for (int network = 0; network < 3; network++) {
                        double expected = all.get(network) * steps / 2000;
                        assertTrue(
                                accuracies.get(network) == 0 || Math.abs(accuracies.get(network) - expected) < 1e-12,
                                member.toString());
                    }
                });
            }
        }
    }

    @Test
    void theBestAreThoseOfTheLastHurdleAndTheOthersFollow() {
        assertTrue(
                wholeSummary.best().stream().allMatch(layer -> layer.fitness().isWhole()));
        List<Evaluated> ordered = tables(whole).tables().bestOfFrontFirst(Integer.MAX_VALUE);
        List<Integer> reach =
                ordered.stream().map(layer -> layer.fitness().reach()).toList();
        List<Integer> falling = new ArrayList<>(reach);
        falling.sort((a, b) -> Integer.compare(b, a));
        assertEquals(falling, reach);
        assertEquals(3, new HashSet<>(reach).size(), "some were stopped at each hurdle");
    }

    @Test
    void generationsInRoundsStopTheSameCandidates() {
        Path rounds = temporary.resolve("rounds");
        Path one = temporary.resolve("one");
        search(rounds, SearchObserver.SILENT, "search.generations=1", "search.proposals=20", "search.survivors=9");
        long proposals = tables(rounds).candidates().where("generation = 1").count();
        assertTrue(proposals > 20);
        search(one, SearchObserver.SILENT, "search.generations=1", "search.proposals=" + proposals);
        assertEquals(RepeatableRows.in(spark, one), RepeatableRows.in(spark, rounds));
    }
}
