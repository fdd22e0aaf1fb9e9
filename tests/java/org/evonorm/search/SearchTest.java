package org.evonorm.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.evonorm.evolution.CandidateStatus;
import org.evonorm.evolution.Evaluated;
import org.evonorm.evolution.Origin;
import org.evonorm.graph.CandidateIdentity;
import org.evonorm.graph.Formula;
import org.evonorm.graph.Layer;
import org.evonorm.graph.ProbeFingerprint;
import org.evonorm.search.progress.GenerationSummary;
import org.evonorm.search.progress.SearchObserver;
import org.evonorm.search.progress.SearchSummary;
import org.evonorm.search.progress.Stage;
import org.evonorm.search.spark.SearchInterruptedException;
import org.evonorm.settings.Accepted;
import org.evonorm.settings.Settings;
import org.evonorm.settings.SettingsException;
import org.evonorm.store.LocalSpark;
import org.evonorm.store.RunFolder;
import org.evonorm.store.TableFrames;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Searches end to end on Spark and Parquet, with an evaluator of known accuracies. */
class SearchTest {

    private static final String IMAGES = "1234";

    private static final int WINDOW = 12;

    private static SparkSession spark;
    /** The folder of the run {@code whole}: three generations on two cores, never interrupted. */
    private static Path shared;

    private static SearchSummary wholeSummary;
    private static final List<GenerationSummary> WHOLE_GENERATIONS = new ArrayList<>();
    private static final List<String> WHOLE_STAGES = new ArrayList<>();

    @TempDir
    private Path temporary;

    @BeforeAll
    static void searchOnce(@TempDir Path folder) {
        spark = LocalSpark.session(2);
        shared = folder;
        wholeSummary = search(settings(shared.resolve("whole"), 3), new SearchObserver() {
            @Override
            public void stageAdvanced(int generation, Stage stage, int done, int total) {
                assertTrue(done >= 0 && done <= total);
                String state = done == 0 ? "begins" : done == total ? "ends" : "goes on";
                WHOLE_STAGES.add(generation + " " + stage + " " + state);
            }

            @Override
            public void generationCommitted(GenerationSummary committed) {
                WHOLE_GENERATIONS.add(committed);
            }
        });
    }

    @BeforeEach
    void mendTheMachine() {
        KnownAccuracies.TRAININGS_LEFT.set(-1);
        KnownAccuracies.TRAINING_MILLIS.set(0);
    }

    private static Settings settings(Path run, int generations, String... more) {
        List<String> overrides = new ArrayList<>(List.of(
                "search.run=" + run,
                "search.generations=" + generations,
                "search.seed=2",
                "search.proposals=60",
                "search.window=" + WINDOW,
                "search.tournament-share=0.2",
                "search.baselines=[BN-ReLU, EvoNorm-B0]",
                "rejection.signal.enabled=on"));
        overrides.addAll(List.of(more));
        return Settings.load(Optional.empty(), overrides);
    }

    private Settings settings(String run, int generations, String... more) {
        return settings(temporary.resolve(run), generations, more);
    }

    private static SearchSummary search(Settings settings) {
        return search(settings, SearchObserver.SILENT);
    }

    private static SearchSummary search(Settings settings, SearchObserver observer) {
        return Search.run(spark, settings, new KnownAccuracies(), IMAGES, Accepted.NOTHING, observer);
    }

    private static TableFrames whole() {
        return tables(shared.resolve("whole"));
    }

    private TableFrames tables(String run) {
        return tables(temporary.resolve(run));
    }

    private static TableFrames tables(Path run) {
        return TableFrames.open(
                spark, RunFolder.at(run.toString(), spark.sparkContext().hadoopConfiguration()));
    }

    /** A copy of the whole run without the commits of the generations from {@code first} on. */
    private Path cutBefore(int first) throws IOException {
        Path whole = shared.resolve("whole");
        Path cut = temporary.resolve("cut");
        try (Stream<Path> files = Files.walk(whole)) {
            for (Path file : files.toList()) {
                Files.copy(file, cut.resolve(whole.relativize(file)));
            }
        }
        for (int generation = first; generation <= 3; generation++) {
            Files.delete(cut.resolve("commits/generation=" + generation + ".json"));
        }
        return cut;
    }

    private static List<String> rows(TableFrames tables) {
        return RepeatableRows.of(tables);
    }

    @Test
    void tablesDependNeitherOnCoresNorOnWhereTheRunWasCutAndContinued() throws IOException {
        List<String> expected = rows(whole());
        spark = LocalSpark.session(1);
        search(settings("pieces", 0));
        search(settings("pieces", 1));
        spark = LocalSpark.session(2);
        search(settings("pieces", 3));
        assertEquals(expected, rows(tables("pieces")));
    }

    @Test
    @Tag("long")
    void otherOperatorsToldApartByOriginGiveTheSameTablesWhereverTheRunWasCut() {
        String[] operators = {
            "search.crossover-share=0.5",
            "search.insertion-share=0.3",
            "search.removal-share=0.3",
            "search.learned-share=0.5",
            "search.random-share=0.25"
        };
        search(settings("operators", 3, operators));
        search(settings("cut-operators", 1, operators));
        search(settings("cut-operators", 3, operators));
        assertEquals(rows(tables("operators")), rows(tables("cut-operators")));
        Map<String, Integer> trainedIn = new HashMap<>();
        tables("operators")
                .candidates()
                .where("status = 'trained'")
                .collectAsList()
                .forEach(row -> trainedIn.merge(row.getAs("id"), row.getAs("generation"), Math::min));
        List<Row> children =
                tables("operators").candidates().where("origin = 'crossover'").collectAsList();
        assertTrue(children.size() > 10, children.size() + " crossovers");
        for (Row child : children) {
            for (String parent : List.of(child.<String>getAs("parent"), child.<String>getAs("second_parent"))) {
                assertTrue(trainedIn.get(parent) < child.<Integer>getAs("generation"), child.toString());
            }
        }
        assertEquals(
                0,
                tables("operators")
                        .candidates()
                        .where("origin != 'crossover' and second_parent is not null")
                        .count());
    }

    @Test
    void anotherSeedGivesOtherTables() {
        search(settings("other", 1, "search.seed=3"));
        List<String> first = RepeatableRows.of(tables("other").candidates().where("generation = 1"));
        assertNotEquals(RepeatableRows.of(whole().candidates().where("generation = 1")), first);
    }

    @Test
    void aCrashBeforeTheCommitLosesNothingAndRepeatsNothingThatWasDone() throws IOException {
        Path cut = cutBefore(3);
        KnownAccuracies.TRIALS.set(0);
        List<Integer> cuts = List.of(2, 0, 7);
        for (int trainings : cuts) {
            KnownAccuracies.TRAININGS_LEFT.set(trainings);
            assertThrows(Exception.class, () -> search(settings(cut, 3)));
            assertEquals(3, tables(cut).tables().generations());
        }
        KnownAccuracies.TRAININGS_LEFT.set(-1);
        search(settings(cut, 3));
        assertEquals(rows(whole()), rows(tables(cut)));
        Row trials = whole().candidates()
                .where("generation = 3")
                .selectExpr(
                        "sum(int(status in ('rejected-quality', 'trained', 'failed')))",
                        "3 * sum(int(status in ('trained', 'failed')))")
                .first();
        long repeated = KnownAccuracies.TRIALS.get() - trials.getLong(0) - trials.getLong(1);
        // On each of two cores, the interruption may come between the end of a trial and its entry in the journal.
        assertTrue(repeated >= 0 && repeated <= 2L * cuts.size(), repeated + " trials were repeated");
        try (Stream<Path> journals = Files.list(cut.resolve("journal"))) {
            assertEquals(List.of(), journals.toList());
        }
    }

    @Test
    void damagedEntriesOfTheJournalCountForNothing() throws IOException {
        Path cut = cutBefore(3);
        KnownAccuracies.TRAININGS_LEFT.set(5);
        assertThrows(Exception.class, () -> search(settings(cut, 3)));
        KnownAccuracies.TRAININGS_LEFT.set(-1);
        List<String> damages = List.of(
                "",
                "{",
                "null",
                "[]",
                "{\"value\":null}",
                "{\"value\":{},\"seconds\":1,\"host\":\"h\"}",
                "{\"value\":{\"status\":\"java.lang.Runtime\"}}",
                "{\"value\":{\"@class\":\"java.lang.Runtime\"}}",
                "{\"reason\":{}}");
        int damaged = 0;
        try (Stream<Path> entries = Files.list(cut.resolve("journal/generation=3"))) {
            for (Path entry : entries.sorted().toList()) {
                Files.writeString(entry, damages.get(damaged++ % damages.size()));
            }
        }
        assertTrue(damaged > damages.size());
        search(settings(cut, 3));
        assertEquals(rows(whole()), rows(tables(cut)));
    }

    @Test
    void theTablesTellTheStatusOfEveryCandidate() {
        TableFrames tables = whole();
        Map<String, Row> originals = new HashMap<>();
        Map<String, Integer> statuses = new HashMap<>();
        for (Row row : tables.candidates()
                .where("generation > 0")
                .orderBy("generation", "index")
                .collectAsList()) {
            String status = row.getAs("status");
            statuses.merge(status, 1, Integer::sum);
            String valueKey = row.getAs("value_key");
            if (status.equals("duplicate")) {
                assertEquals(originals.get(valueKey).<String>getAs("id"), row.getAs("duplicate_of"));
            } else if (!status.equals("rejected-static")) {
                assertFalse(originals.containsKey(valueKey), "trained twice: " + row);
                originals.put(valueKey, row);
            }
            assertEquals(
                    stabilityTest(row),
                    switch (status) {
                        case "duplicate", "rejected-static", "rejected-signal" -> "null steps, norm null";
                        case "rejected-stability" -> "3 steps, norm Infinity";
                        default -> "100 steps, norm 2.5";
                    },
                    status);
            assertEquals(
                    row.getAs("signal_gradient") + ", " + row.getAs("signal_features") + ", "
                            + row.getAs("signal_variation"),
                    switch (status) {
                        case "duplicate", "rejected-static" -> "null, null, null";
                        default -> "0.5, 0.25, 0.125";
                    },
                    status);
            if (status.equals("failed")) {
                assertEquals(
                        "resnet50: IllegalStateException: no good; mobilenetv2: IllegalStateException: no good;"
                                + " efficientnetb0: IllegalStateException: no good",
                        row.getAs("reason"));
            }
        }
        assertEquals(
                List.of(
                        "duplicate",
                        "failed",
                        "rejected-quality",
                        "rejected-signal",
                        "rejected-stability",
                        "rejected-static",
                        "trained"),
                statuses.keySet().stream().sorted().toList());
        assertEquals(180, statuses.values().stream().mapToInt(Integer::intValue).sum());
        assertEquals(3L * (statuses.get("trained") + 2), tables.evaluations().count());
        assertEquals(0, tables.evaluations().where("diverged and accuracy > 0").count());
    }

    private static String stabilityTest(Row row) {
        return row.getAs("stability_steps") + " steps, norm " + row.getAs("stability_norm");
    }

    @Test
    void selectionHoldsTheMostRecentTrainedLayersWithTheirAccuracies() {
        TableFrames tables = whole();
        List<Row> recent = tables.candidates()
                .where("status = 'trained' and origin != 'baseline'")
                .orderBy("generation", "index")
                .collectAsList();
        List<Evaluated> window = tables.tables().window(WINDOW).members();
        assertEquals(WINDOW, window.size());
        List<Row> last = recent.subList(recent.size() - WINDOW, recent.size());
        assertEquals(
                last.stream().map(row -> row.getAs("id")).toList(),
                window.stream().map(member -> member.candidate().id()).toList());
        for (Evaluated member : window) {
            assertEquals(KnownAccuracies.fitness(member.candidate().layer()), member.fitness());
        }
    }

    @Test
    void theFrontStandsInTwoFilesWhichTheNextStartRenews() throws IOException {
        Path whole = shared.resolve("whole");
        List<Evaluated> front = whole().tables().window(WINDOW).front();
        List<String> text = Files.readAllLines(whole.resolve("front.txt"));
        assertEquals("# The front after generation 3, the highest mean accuracy first.", text.get(0));
        assertEquals(
                front.stream().map(layer -> valueKey(layer.candidate().layer())).toList(),
                text.stream().skip(1).map(line -> valueKey(Formula.parse(line))).toList());
        List<String> csv = Files.readAllLines(whole.resolve("front.csv"));
        assertEquals("id,generation,mean,resnet50,mobilenetv2,efficientnetb0,formula", csv.get(0));
        assertEquals(front.size(), csv.size() - 1);
        for (int i = 0; i < front.size(); i++) {
            assertTrue(csv.get(i + 1).startsWith(front.get(i).candidate().id() + ","), csv.get(i + 1));
            assertTrue(csv.get(i + 1).endsWith(",\"" + text.get(i + 1) + "\""), csv.get(i + 1));
        }

        Path cut = cutBefore(4);
        Files.writeString(cut.resolve("front.txt"), "altered");
        Files.delete(cut.resolve("front.csv"));
        search(settings(cut, 3));
        assertEquals(text, Files.readAllLines(cut.resolve("front.txt")));
        assertEquals(csv, Files.readAllLines(cut.resolve("front.csv")));

        FileTime written = FileTime.fromMillis(1_000_000);
        Files.setLastModifiedTime(cut.resolve("front.txt"), written);
        search(settings(cut, 3));
        assertEquals(written, Files.getLastModifiedTime(cut.resolve("front.txt")), "written anew without a change");
    }

    private static String valueKey(Layer layer) {
        return CandidateIdentity.of(layer, new ProbeFingerprint()).valueKey();
    }

    @Test
    void baselinesAreTrainedOnceAndStayOutOfTheWindow() {
        assertEquals(2, wholeSummary.baselines().size());
        for (Evaluated baseline : wholeSummary.baselines()) {
            assertEquals(KnownAccuracies.fitness(baseline.candidate().layer()), baseline.fitness());
        }
        TableFrames tables = whole();
        assertEquals(
                List.of("BN-ReLU", "EvoNorm-B0"),
                tables.candidates().where("origin = 'baseline'").orderBy("index").collectAsList().stream()
                        .map(row -> row.getAs("name"))
                        .toList());
        assertEquals(
                0,
                tables.selection().where("generation = 0 or evaluated_in = 0").count());
        assertEquals(2, tables.candidates().where("generation = 0").count());
    }

    @Test
    void theCallsOfTheObserverAddUp() {
        List<String> expected = new ArrayList<>(List.of("0 TRAIN begins", "0 TRAIN goes on", "0 TRAIN ends"));
        for (int generation = 1; generation <= 3; generation++) {
            for (Stage stage : List.of(Stage.PROPOSE, Stage.FILTER, Stage.TRAIN)) {
                // A small generation proposes in one task.
                List<String> states =
                        stage == Stage.PROPOSE ? List.of("begins", "ends") : List.of("begins", "goes on", "ends");
                for (String state : states) {
                    expected.add(generation + " " + stage + " " + state);
                }
            }
        }
        assertEquals(expected, WHOLE_STAGES.stream().distinct().toList());
        assertEquals(
                List.of(0, 1, 2, 3),
                WHOLE_GENERATIONS.stream().map(GenerationSummary::generation).toList());
        for (GenerationSummary generation : WHOLE_GENERATIONS.subList(1, 4)) {
            assertEquals(60, generation.proposed());
            assertEquals(
                    60,
                    generation.duplicates()
                            + generation.rejectedBy(CandidateStatus.Filter.STATIC)
                            + generation.rejectedBy(CandidateStatus.Filter.SIGNAL)
                            + generation.rejectedBy(CandidateStatus.Filter.STABILITY)
                            + generation.rejectedBy(CandidateStatus.Filter.QUALITY)
                            + generation.failed()
                            + generation.trained());
            long trained = whole().candidates()
                    .where("status = 'trained' and generation = " + generation.generation())
                    .count();
            assertEquals(trained, generation.trained());
        }
        assertEquals(3, wholeSummary.generations());
        assertEquals(
                wholeSummary.best().get(0).fitness().mean(),
                WHOLE_GENERATIONS.stream()
                        .skip(1)
                        .mapToDouble(generation ->
                                generation.best().orElseThrow().fitness().mean())
                        .max()
                        .orElseThrow());
    }

    @Test
    void evolutionBeatsRandomSearch() {
        String[] large = {
            "search.proposals=150",
            "search.window=100",
            "search.tournament-share=0.2",
            "search.seed=0",
            "search.random-share=0.25",
            "search.baselines=[]"
        };
        List<String> random = new ArrayList<>(List.of(large));
        random.add("search.strategy=random");
        double evolved = meanOfBest(search(settings("evolution", 4, large)));
        double drawn = meanOfBest(search(settings("random", 4, random.toArray(String[]::new))));
        assertTrue(evolved > drawn + 0.05, "evolution reached " + evolved + " and random search " + drawn);
        assertEquals(
                0, tables("random").candidates().where("origin != 'random'").count());
    }

    private static double meanOfBest(SearchSummary summary) {
        return summary.best().stream()
                .mapToDouble(member -> member.fitness().mean())
                .average()
                .orElseThrow();
    }

    /** The names of the filters in the settings and in the status of candidates. */
    @ParameterizedTest
    @ValueSource(strings = {"static", "signal", "stability", "quality"})
    void eachFilterCanBeTurnedOff(String filter) {
        search(settings("off", 1, "search.baselines=[]", "rejection." + filter + ".enabled=off"));
        Dataset<Row> candidates = tables("off").candidates();
        for (String other : List.of("static", "signal", "stability", "quality")) {
            long rejected =
                    candidates.where("status = 'rejected-" + other + "'").count();
            assertEquals(other.equals(filter), rejected == 0, rejected + " fell at the " + other + " filter");
        }
        if (filter.equals("stability")) {
            assertEquals(0, candidates.where("stability_steps is not null").count());
        }
        if (filter.equals("signal")) {
            assertEquals(0, candidates.where("signal_gradient is not null").count());
        }
    }

    @Test
    void aGenerationThatIsAskedForSurvivorsProposesRoundAfterRound() {
        search(settings("rounds", 2, "search.proposals=15", "search.survivors=9", "search.rounds=50"));
        for (int generation = 1; generation <= 2; generation++) {
            List<Row> rows = tables("rounds")
                    .candidates()
                    .where("generation = " + generation)
                    .orderBy("index")
                    .collectAsList();
            assertEquals(
                    IntStream.range(0, rows.size()).boxed().toList(),
                    rows.stream().map(row -> row.<Integer>getAs("index")).toList());
            assertEquals(0, rows.size() % 15);
            assertTrue(survivors(rows) >= 9 && survivors(rows.subList(0, rows.size() - 15)) < 9, "" + rows.size());
        }
        long proposals = tables("rounds").candidates().where("generation = 1").count();
        search(settings("one round", 1, "search.proposals=" + proposals));
        for (int generation = 0; generation <= 1; generation++) {
            assertEquals(rows(tables("one round"), generation), rows(tables("rounds"), generation));
        }
        search(settings("few rounds", 1, "search.proposals=15", "search.survivors=9", "search.rounds=2"));
        assertEquals(
                30, tables("few rounds").candidates().where("generation = 1").count());
    }

    private static long survivors(List<Row> rows) {
        return rows.stream()
                .map(row -> row.<String>getAs("status"))
                .filter(status -> status.equals("trained") || status.equals("failed"))
                .count();
    }

    private static List<String> rows(TableFrames tables, int generation) {
        return Stream.of(tables.candidates(), tables.evaluations(), tables.selection())
                .flatMap(table -> RepeatableRows.of(table.where("generation = " + generation)).stream())
                .toList();
    }

    @Test
    void duplicatesOfEveryStatusAreLeftAloneWithinAndAcrossGenerations() {
        // There are few graphs of one node, so most proposals are duplicates.
        search(settings("again", 2, "search.nodes=1", "search.proposals=300", "rejection.quality.enabled=off"));
        TableFrames tables = tables("again");
        Map<String, Row> originals = new HashMap<>();
        Set<String> within = new HashSet<>();
        Set<String> across = new HashSet<>();
        for (Row row : tables.candidates()
                .where("generation > 0")
                .orderBy("generation", "index")
                .collectAsList()) {
            String status = row.getAs("status");
            Row original = originals.putIfAbsent(row.getAs("value_key"), row);
            if (status.equals("duplicate")) {
                assertEquals(original.<String>getAs("id"), row.getAs("duplicate_of"));
                assertEquals(0, row.<Double>getAs("training_seconds"));
                (row.getAs("generation").equals(original.getAs("generation")) ? within : across)
                        .add(original.getAs("status"));
            } else if (!status.equals("rejected-static")) {
                assertEquals(null, original, "not the first of its function: " + row);
            }
        }
        assertEquals(Set.of("trained", "failed", "rejected-signal", "rejected-stability"), within);
        assertEquals(within, across);
        assertEquals(
                3
                        * (originals.values().stream()
                                        .filter(row -> row.getAs("status").equals("trained"))
                                        .count()
                                + 2),
                tables.evaluations().count());
    }

    @Test
    void otherSettingsOrImagesAreRefusedAndHarmlessOnesPass() throws IOException {
        Path run = cutBefore(4);
        String message = assertThrows(
                        SettingsException.class, () -> search(settings(run, 4, "training.steps=7", "search.family=S")))
                .getMessage();
        assertTrue(message.contains("search.family = \"B\", now \"S\"; training.steps = 2000, now 7"), message);
        String images = assertThrows(
                        SettingsException.class,
                        () -> Search.run(
                                spark,
                                settings(run, 4),
                                new KnownAccuracies(),
                                "5678",
                                Accepted.NOTHING,
                                SearchObserver.SILENT))
                .getMessage();
        assertTrue(images.contains("started on other images"), images);
        assertEquals(
                wholeSummary.best(),
                search(settings(run, 2, "data.path=elsewhere")).best());
    }

    @Test
    void anInterruptionLeavesCommittedGenerations() throws IOException {
        Path run = cutBefore(3);
        Thread searching = Thread.currentThread();
        SearchInterruptedException interrupted = assertThrows(
                SearchInterruptedException.class,
                () -> search(settings(run, 3), new SearchObserver() {
                    @Override
                    public void stageAdvanced(int generation, Stage stage, int done, int total) {
                        if (stage == Stage.TRAIN && done == 0) {
                            searching.interrupt();
                        }
                    }
                }));
        Thread.interrupted();
        assertTrue(interrupted.getMessage().contains("stand in " + run), interrupted.getMessage());
        assertEquals(3, tables(run).tables().generations());
        search(settings(run, 3));
        assertEquals(rows(whole()), rows(tables(run)));
    }

    @Test
    void aDeadlineEndsTheSearchAndTheNextOneGoesOn() throws IOException {
        Path run = cutBefore(3);
        KnownAccuracies.TRAINING_MILLIS.set(300);
        SearchSummary summary = search(settings(run, 3, "search.max-duration=2s"));
        assertTrue(summary.deadline());
        assertEquals(2, summary.generations());
        assertEquals(2, summary.baselines().size());
        assertFalse(Thread.currentThread().isInterrupted());
        KnownAccuracies.TRAINING_MILLIS.set(0);
        summary = search(settings(run, 3, "search.max-duration=1h"));
        assertFalse(summary.deadline());
        assertEquals(wholeSummary.best(), summary.best());
        assertEquals(rows(whole()), rows(tables(run)));
    }

    @Test
    void changedSettingsGoOnWhereThatIsAccepted() throws IOException {
        Path run = cutBefore(3);
        KnownAccuracies.TRAININGS_LEFT.set(2);
        assertThrows(Exception.class, () -> search(settings(run, 3)));
        KnownAccuracies.TRAININGS_LEFT.set(-1);
        Settings changed = settings(run, 3, "search.random-share=1", "search.proposals=30");
        assertThrows(SettingsException.class, () -> search(changed));
        Search.run(spark, changed, new KnownAccuracies(), "5678", new Accepted(true, false), SearchObserver.SILENT);
        assertEquals(30, tables(run).candidates().where("generation = 3").count());
        String conf = Files.readString(run.resolve("run.conf"));
        assertTrue(
                conf.contains("from generation 3: search.proposals = 60, now 30")
                        && conf.contains("from generation 3: search.random-share = 0.5, now 1")
                        && conf.contains("from generation 3: other images"),
                conf);
        Search.run(spark, changed, new KnownAccuracies(), "5678", Accepted.NOTHING, SearchObserver.SILENT);
        assertThrows(SettingsException.class, () -> search(settings(run, 3)));
    }

    @Test
    void aSecondSearchInTheSameFolderIsRefusedWithTheHolderOfTheLease() throws IOException {
        Path run = cutBefore(3);
        String message = assertThrows(
                        Exception.class,
                        () -> search(settings(run, 3), new SearchObserver() {
                            @Override
                            public void generationStarted(int generation) {
                                search(settings(run, 3));
                            }
                        }))
                .getMessage();
        assertTrue(
                message.startsWith("another search or rerank works in " + run + ": process "
                                + ProcessHandle.current().pid())
                        && message.contains(" since 20"),
                message);
        assertFalse(Files.exists(run.resolve(".lease")));
        search(settings(run, 3));
        assertEquals(rows(whole()), rows(tables(run)));
    }

    @Test
    void aGenerationWithoutSurvivorsIsCommittedAsWell() {
        SearchSummary summary =
                search(settings("none", 2, "search.proposals=1", "search.nodes=1", "search.baselines=[]"));
        assertEquals(2, summary.generations());
        assertEquals(List.of(), summary.best());
        assertEquals(2, tables("none").candidates().count());
    }

    @Test
    void aBaselineThatCannotBeTrainedStopsTheSearch() {
        Settings settings = settings("run", 1, "search.baselines=[log(x)]");
        String message = assertThrows(IllegalStateException.class, () -> search(settings))
                .getMessage();
        assertTrue(message.contains("a baseline could not be trained"), message);
        assertEquals(0, tables("run").tables().generations());
    }

    @Test
    void seedsAreTheFirstMembersOfTheWindow() {
        String[] seeded = {
            "search.baselines=[BN-ReLU]",
            "search.random-share=0",
            "search.seed-layers=[EvoNorm-B0, \"x * sigmoid(x)\", \"sigmoid(x) * x\", \"log(x)\"]"
        };
        search(settings("seeded", 0, seeded));
        TableFrames start = tables("seeded");
        assertEquals(
                List.of(
                        "baseline BN-ReLU trained",
                        "seed EvoNorm-B0 trained",
                        "seed x * sigmoid(x) trained",
                        "seed log(x) failed"),
                start.candidates().orderBy("index").collectAsList().stream()
                        .map(row -> row.getAs("origin") + " " + row.getAs("name") + " " + row.getAs("status"))
                        .toList());
        assertEquals(
                List.of("EvoNorm-B0", "x * sigmoid(x)"),
                start.tables().window(WINDOW).members().stream()
                        .map(member -> ((Origin.Seed) member.candidate().origin()).name())
                        .toList());
        search(settings("seeded", 2, seeded));
        TableFrames tables = tables("seeded");
        List<String> seeds = start.tables().window(WINDOW).members().stream()
                .map(member -> member.candidate().id())
                .toList();
        List<Row> mutants = tables.candidates().where("generation = 1").collectAsList();
        assertTrue(mutants.stream().allMatch(row -> seeds.contains(row.<String>getAs("parent"))), "other parents");
        // A mutant equal to a seed is a duplicate, and the seeds compete for the best like all evolved layers.
        assertEquals(
                0,
                tables.candidates().where("generation > 0 and status != 'duplicate'").collectAsList().stream()
                        .filter(row -> seeds.contains(row.<String>getAs("id")))
                        .count());
        assertTrue(tables.tables().best(100).stream()
                .anyMatch(member -> seeds.contains(member.candidate().id())));
    }
}
