package org.evonorm.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.evonorm.evolution.Evaluated;
import org.evonorm.evolution.Fitness;
import org.evonorm.evolution.Objective;
import org.evonorm.graph.Formula;
import org.evonorm.search.progress.SearchObserver;
import org.evonorm.settings.Accepted;
import org.evonorm.settings.Settings;
import org.evonorm.settings.SettingsException;
import org.evonorm.store.LocalSpark;
import org.evonorm.store.RunFolder;
import org.evonorm.store.RunTables;
import org.evonorm.store.TableFrames;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Searches for more than accuracy, end to end on Spark and Parquet, with an evaluator of known accuracies. */
class ObjectiveSearchTest {

    private static final int GENERATIONS = 2;
    private static final String COSTS = "search.objectives=[accuracy, passes, parameters]";

    private static SparkSession spark;
    /** A run for accuracy, passes and parameters that was never interrupted. */
    private static Path whole;

    @TempDir
    private Path temporary;

    @BeforeAll
    static void searchOnce(@TempDir Path folder) {
        spark = LocalSpark.session(2);
        whole = folder.resolve("whole");
        KnownAccuracies.TRAININGS_LEFT.set(-1);
        search(whole, COSTS);
    }

    @BeforeEach
    void mendTheMachine() {
        KnownAccuracies.TRAININGS_LEFT.set(-1);
        KnownAccuracies.TRAINING_MILLIS.set(0);
    }

    private static void search(Path run, String... more) {
        search(run, Accepted.NOTHING, GENERATIONS, more);
    }

    private static void search(Path run, Accepted accepted, int generations, String... more) {
        List<String> overrides = new ArrayList<>(List.of(
                "search.run=" + run,
                "search.generations=" + generations,
                "search.proposals=60",
                "search.window=30",
                "search.tournament-share=0.3",
                "search.baselines=[BN-ReLU]",
                "search.seed-layers=[EvoNorm-S0]"));
        overrides.addAll(List.of(more));
        Search.run(
                spark,
                Settings.load(Optional.empty(), overrides),
                new KnownAccuracies(),
                "1234",
                accepted,
                SearchObserver.SILENT);
    }

    private static RunFolder folder(Path run) {
        return RunFolder.at(run.toString(), spark.sparkContext().hadoopConfiguration());
    }

    private static RunTables tables(Path run) {
        return RunTables.open(folder(run));
    }

    /** A copy of the whole run without the commits of the generations from {@code first} on. */
    private Path cutBefore(int first) throws IOException {
        Path cut = temporary.resolve("cut");
        try (Stream<Path> files = Files.walk(whole)) {
            for (Path file : files.toList()) {
                Files.copy(file, cut.resolve(whole.relativize(file)));
            }
        }
        for (int generation = first; generation <= GENERATIONS; generation++) {
            Files.delete(cut.resolve("commits/generation=" + generation + ".json"));
        }
        return cut;
    }

    @Test
    void crashesAndContinuationsChangeNoRow() throws IOException {
        Path cut = cutBefore(2);
        for (int trainings : List.of(1, 5)) {
            KnownAccuracies.TRAININGS_LEFT.set(trainings);
            assertThrows(Exception.class, () -> search(cut, COSTS));
        }
        KnownAccuracies.TRAININGS_LEFT.set(-1);
        search(cut, COSTS);
        assertEquals(RepeatableRows.in(spark, whole), RepeatableRows.in(spark, cut));
        assertEquals(Files.readString(whole.resolve("front.csv")), Files.readString(cut.resolve("front.csv")));
    }

    @Test
    void whoAsksForAccuracyAloneGetsTheTablesOfBefore() {
        Path silent = temporary.resolve("silent");
        Path asked = temporary.resolve("asked");
        search(silent);
        search(asked, "search.objectives=[accuracy]");
        assertEquals(RepeatableRows.in(spark, silent), RepeatableRows.in(spark, asked));
        assertNotEquals(RepeatableRows.in(spark, silent), RepeatableRows.in(spark, whole));
        for (String table : List.of("candidates", "selection")) {
            assertFalse(columns(silent, table).contains("objectives"), table);
            assertTrue(columns(whole, table).contains("objectives"), table);
        }
    }

    private static List<String> columns(Path run, String table) {
        return Arrays.asList(spark.read().parquet(run.resolve(table).toString()).columns());
    }

    @Test
    void theTablesHoldTheValuesOfAllLayersWithAFitness() {
        LayerObjectives objectives = LayerObjectives.of(Settings.load(Optional.empty(), List.of(COSTS)));
        List<Evaluated> layers = new ArrayList<>(tables(whole).baselines());
        layers.addAll(tables(whole).best(Integer.MAX_VALUE));
        layers.addAll(tables(whole).window(Integer.MAX_VALUE).members());
        assertTrue(layers.size() > 20, layers.size() + " layers");
        for (Evaluated layer : layers) {
            assertEquals(
                    objectives.ofLayer(layer.candidate().layer()),
                    layer.fitness().further());
        }
        TableFrames frames = TableFrames.open(spark, folder(whole));
        assertEquals(
                0,
                frames.candidates()
                        .where("(objectives is not null) != (status in ('trained', 'stopped'))")
                        .count());
    }

    @Test
    void theFrontHasCheapLayersBesideAccurateOnes() throws IOException {
        List<Evaluated> window = tables(whole).window(30).members();
        List<Evaluated> front = tables(whole).window(30).front();
        double fewest = window.stream()
                .mapToDouble(layer -> passes(layer.fitness()))
                .min()
                .orElseThrow();
        double mostAccurate = window.stream()
                .mapToDouble(layer -> layer.fitness().mean())
                .max()
                .orElseThrow();
        assertTrue(front.stream().anyMatch(layer -> passes(layer.fitness()) == fewest));
        assertEquals(mostAccurate, front.get(0).fitness().mean());
        List<Row> onFront = TableFrames.open(spark, folder(whole))
                .selection()
                .where("on_front and generation = " + GENERATIONS)
                .collectAsList();
        assertEquals(front.size(), onFront.size());

        List<String> csv = Files.readAllLines(whole.resolve("front.csv"));
        assertEquals("id,generation,mean,resnet50,mobilenetv2,efficientnetb0,passes,parameters,formula", csv.get(0));
        List<String> text = Files.readAllLines(whole.resolve("front.txt"));
        assertEquals(1 + 2 * front.size(), text.size());
        for (int i = 0; i < front.size(); i++) {
            assertEquals(
                    String.format(Locale.ROOT, "%.0f", passes(front.get(i).fitness())),
                    csv.get(i + 1).split(",", 8)[6]);
            assertTrue(
                    text.get(1 + 2 * i).matches("# [0-9.]+% mean accuracy, passes \\d+, parameters \\d+"),
                    text.get(1 + 2 * i));
            Formula.parse(text.get(2 + 2 * i));
        }
    }

    private static double passes(Fitness fitness) {
        return fitness.in(Objective.PASSES).orElseThrow();
    }

    @Test
    void aRunGoesOnUnderObjectivesThatItsLayersCanBeGiven() {
        Path run = temporary.resolve("changed");
        search(run, Accepted.NOTHING, 1);
        SettingsException pinned = assertThrows(SettingsException.class, () -> search(run, Accepted.NOTHING, 2, COSTS));
        assertTrue(pinned.getMessage().contains("search.objectives"), pinned.getMessage());
        Accepted changes = new Accepted(true, false);
        String before = folder(run).settings();
        String refusal = assertThrows(
                        SettingsException.class,
                        () -> search(run, changes, 2, "search.objectives=[accuracy, step-time]"))
                .getMessage();
        assertTrue(refusal.contains("were trained without taking their step-time; leave out step-time"), refusal);
        assertEquals(before, folder(run).settings());
        search(run, changes, 2, COSTS);
        List<Evaluated> window = tables(run).window(30).members();
        assertTrue(window.stream().anyMatch(layer -> layer.candidate().generation() < 2));
        assertTrue(window.stream().allMatch(layer -> layer.fitness().further().size() == 2));
        List<Evaluated> best = tables(run).bestOfFrontFirst(1000);
        assertEquals(
                best.size(), best.stream().map(Evaluated::candidate).distinct().count());
        search(run, changes, 3);
        assertTrue(tables(run).window(30).members().stream()
                .allMatch(layer -> layer.fitness().further().isEmpty()));
    }

    @Test
    void stepTimesAreThoseOfTheTrainings() {
        Path run = temporary.resolve("timed");
        search(run, Accepted.NOTHING, 1, "search.objectives=[accuracy, step-time]", "training.batch-size=14");
        List<Evaluated> window = tables(run).window(30).members();
        assertFalse(window.isEmpty());
        // Trainings of known accuracies take seven images per second.
        window.forEach(layer ->
                assertEquals(2000, layer.fitness().in(Objective.STEP_TIME).orElseThrow(), 1e-9));
    }

    @ParameterizedTest
    @ValueSource(strings = {"search.hurdles=[]", "search.hurdles=[150, 500, 2000]"})
    void robustnessIsThatOfTheTrainings(String hurdles) {
        Path run = temporary.resolve("robust");
        String objectives = "search.objectives=[accuracy, int8-accuracy]";
        search(run, Accepted.NOTHING, 2, objectives, hurdles);
        List<Evaluated> layers = tables(run).best(Integer.MAX_VALUE);
        assertTrue(layers.size() > 10, layers.size() + " layers");
        layers.forEach(layer -> assertEquals(
                layer.fitness().mean() / 2,
                layer.fitness().in(Objective.INT8_ACCURACY).orElseThrow(),
                1e-9));
        String refusal = assertThrows(
                        SettingsException.class,
                        () -> search(
                                run,
                                new Accepted(true, false),
                                3,
                                "search.objectives=[accuracy, bfloat16-accuracy]",
                                hurdles))
                .getMessage();
        assertTrue(refusal.contains("were trained without taking their bfloat16-accuracy"), refusal);
    }

    @Test
    void atAHurdleLayersCompareWithThoseThatCostNoMore() {
        Path run = temporary.resolve("hurdles");
        search(run, COSTS, "search.hurdles=[150, 500, 2000]", "search.hurdle-network-margin=1", "search.proposals=80");
        List<String> underTheMedian = TableFrames.open(spark, folder(run))
                .candidates()
                .where("status = 'stopped' and reason like 'the mean accuracy %'")
                .collectAsList()
                .stream()
                .map(row -> row.<String>getAs("id"))
                .toList();
        List<Evaluated> all = tables(run).bestOfFrontFirst(Integer.MAX_VALUE);
        List<Evaluated> stopped = all.stream()
                .filter(layer -> underTheMedian.contains(layer.candidate().id()))
                .toList();
        assertTrue(stopped.size() > 5, stopped.size() + " stopped");
        for (Evaluated layer : stopped) {
            Fitness fitness = layer.fitness();
            assertTrue(
                    all.stream()
                            .map(Evaluated::fitness)
                            .anyMatch(other -> other.reach() > fitness.reach()
                                    && other.isAsGoodBesidesAccuracy(fitness)
                                    && other.at(fitness.reach())
                                            .map(accuracies -> new Fitness(accuracies).mean() >= fitness.mean())
                                            .orElse(false)),
                    "stopped, and nothing as cheap is better: " + fitness);
        }
    }
}
