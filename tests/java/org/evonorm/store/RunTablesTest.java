package org.evonorm.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.evonorm.evolution.CandidateStatus;
import org.evonorm.evolution.Evaluated;
import org.evonorm.evolution.Fitness;
import org.evonorm.evolution.SlidingWindow;
import org.evonorm.graph.variation.NodeSurvival;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunTablesTest {

    private static final int GENERATIONS = 3;
    private static final int CAPACITY = 11;

    private static SparkSession spark;
    /** A run with baselines and three random generations; tests read it or a copy. */
    private static Path committed;

    private static SlidingWindow window;

    @TempDir
    private Path temporary;

    @BeforeAll
    static void commitSomeGenerations(@TempDir Path shared) {
        spark = LocalSpark.session(2);
        committed = shared.resolve("run");
        RunFolder folder = folder(committed);
        StartedRun.in(folder, "search.seed = 1");
        window = SlidingWindow.empty(CAPACITY);
        TestGeneration.baselines("BN-ReLU", "EvoNorm-B0").commit(spark, folder, window);
        for (int number = 1; number <= GENERATIONS; number++) {
            TestGeneration generation = TestGeneration.random(number, 24);
            window = window.with(generation.trained());
            generation.commit(spark, folder, window);
        }
    }

    private static RunFolder folder(Path path) {
        return RunFolder.at(path.toString(), spark.sparkContext().hadoopConfiguration());
    }

    private static RunTables tables() {
        return RunTables.open(folder(committed));
    }

    private static TableFrames frames() {
        return TableFrames.open(spark, folder(committed));
    }

    private static JavaPairRDD<String, String> originals(RunTables tables) {
        return Originals.of(JavaSparkContext.fromSparkContext(spark.sparkContext()), tables);
    }

    /** A copy of {@link #committed}, which a test may damage. */
    private Path copy() throws IOException {
        Path copy = temporary.resolve("copy");
        try (Stream<Path> files = Files.walk(committed)) {
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve(committed.relativize(file)));
            }
        }
        return copy;
    }

    @Test
    void theWindowComesBackAsItWas() {
        assertEquals(CAPACITY, window.members().size());
        assertEquals(window, tables().window(CAPACITY));
    }

    @Test
    void theSurvivalOfNodesCountsProposalsOfAllGenerationsButDuplicates() {
        NodeSurvival.Tally tally = new NodeSurvival.Tally();
        for (int number = 1; number <= GENERATIONS; number++) {
            for (CandidateRow row : TestGeneration.random(number, 24).candidates()) {
                if (!(row.status() instanceof CandidateStatus.Duplicate)) {
                    tally.add(row.candidate().layer().graph(), row.status() instanceof CandidateStatus.Trained);
                }
            }
        }
        assertTrue(tally.survival().hasSurvivors());
        assertEquals(tally.survival(), SurvivalTable.of(tables()));
        assertEquals(
                tally.survival(), SurvivalTable.of(JavaSparkContext.fromSparkContext(spark.sparkContext()), tables()));
    }

    @Test
    void theValueKeysAreThoseOfAllProposals() {
        Set<String> expected =
                frames().candidates().where("origin != 'baseline' and value_key is not null").collectAsList().stream()
                        .map(row -> row.<String>getAs("value_key"))
                        .collect(Collectors.toSet());
        assertFalse(expected.isEmpty());
        assertEquals(expected, tables().valueKeys());
    }

    @Test
    void aCandidateIsFoundByTheFirstDigitsOfItsId() {
        Evaluated member = window.members().get(3);
        StoredCandidate found = tables().candidate(member.candidate().id().substring(0, 10));
        assertEquals(member.candidate(), found.candidate());
        assertEquals("trained", found.status());
        assertEquals(TestGeneration.NETWORKS, List.copyOf(found.accuracies().keySet()));
        assertEquals(
                member.fitness().accuracies(), List.copyOf(found.accuracies().values()));
        Row failed = frames().candidates()
                .where("status = 'failed'")
                .orderBy("generation", "index")
                .first();
        assertEquals(Map.of(), tables().candidate(failed.getAs("id")).accuracies());
    }

    @Test
    void anUnknownOrAmbiguousIdIsRefused() {
        String id = window.members().get(0).candidate().id();
        String nearly = id.substring(0, 15) + (id.endsWith("0") ? "1" : "0");
        StoreException unknown = assertThrows(StoreException.class, () -> tables().candidate(nearly));
        assertTrue(unknown.getMessage().contains(nearly) && unknown.getMessage().contains(id), unknown.getMessage());
        StoreException ambiguous = assertThrows(StoreException.class, () -> tables().candidate(""));
        assertTrue(ambiguous.getMessage().contains("more digits"), ambiguous.getMessage());
        assertThrows(StoreException.class, () -> tables().candidate("' or 1 = 1 --"));
        RunFolder folder = folder(temporary.resolve("empty"));
        StartedRun.in(folder, "");
        assertThrows(StoreException.class, () -> RunTables.open(folder).candidate("f"));
    }

    @Test
    void anEmptyRunHasEmptyTables() {
        RunFolder folder = folder(temporary.resolve("empty"));
        StartedRun.in(folder, "");
        RunTables tables = RunTables.open(folder);
        assertEquals(0, tables.generations());
        assertEquals(SlidingWindow.empty(5), tables.window(5));
        assertEquals(0, TableFrames.open(spark, folder).candidates().count());
        assertEquals(List.of(), tables.best(3));
        assertEquals(List.of(), originals(tables).collect());
    }

    @Test
    void rowsKeepEveryValueAndTheOrderOfTheirKey() {
        TestGeneration generation = TestGeneration.random(1, 24);
        List<Row> candidates = frames().candidates().where("generation = 1").collectAsList();
        assertEquals(24, candidates.size());
        for (int i = 0; i < candidates.size(); i++) {
            Row row = candidates.get(i);
            assertEquals(i, row.<Integer>getAs("index"));
            assertEquals(generation.candidates().get(i).candidate().id(), row.getAs("id"));
            assertEquals(generation.candidates().get(i).status().text(), row.getAs("status"));
        }
        assertEquals("zero gradient, \"quoted\"\nand broken", candidates.get(2).getAs("reason"));
        assertEquals("original", candidates.get(1).getAs("duplicate_of"));
        List<Row> evaluations = frames().evaluations().where("generation = 1").collectAsList();
        assertEquals(generation.evaluations().size(), evaluations.size());
        for (int i = 0; i < evaluations.size(); i++) {
            EvaluationRow expected = generation.evaluations().get(i);
            Row row = evaluations.get(i);
            assertEquals(expected.seed(), row.<Long>getAs("seed"));
            assertEquals(expected.network(), row.getAs("network"));
            assertEquals(expected.result().accuracy(), row.<Double>getAs("accuracy"));
            assertTrue(Double.isNaN(row.<Double>getAs("loss")));
            List<Row> curve = row.getList(row.fieldIndex("curve"));
            assertEquals(Double.POSITIVE_INFINITY, curve.get(1).<Double>getAs("training_loss"));
        }
    }

    @Test
    void selectionHoldsParetoRanksOfTheWindow() {
        List<Row> rows = frames().selection().where("generation = 3").collectAsList();
        assertEquals(window.members().size(), rows.size());
        for (Row row : rows) {
            List<Row> accuracies = row.getList(row.fieldIndex("accuracies"));
            Fitness fitness = new Fitness(
                    accuracies.stream().map(accuracy -> accuracy.getDouble(1)).toList());
            boolean dominated =
                    window.members().stream().anyMatch(other -> other.fitness().dominates(fitness));
            assertEquals(!dominated, row.<Boolean>getAs("on_front"));
            assertEquals(fitness.mean(), row.<Double>getAs("mean_accuracy"));
        }
    }

    @Test
    void theBestAreTheTrainedOfHighestMeanAndBaselinesStandApart() {
        List<Evaluated> all = Stream.of(1, 2, 3)
                .flatMap(n -> TestGeneration.random(n, 24).trained().stream())
                .sorted(Comparator.comparingDouble(member -> -member.fitness().mean()))
                .toList();
        assertEquals(all.subList(0, 5), tables().best(5));
        assertEquals(all.size(), tables().best(1000).size());
        assertEquals(TestGeneration.baselines("BN-ReLU", "EvoNorm-B0").trained(), tables().baselines());
    }

    @Test
    void theFrontOfTheLastWindowComesBeforeBetterMeans() throws IOException {
        RunFolder folder = folder(copy());
        List<Evaluated> all = tables().best(1000);
        SlidingWindow worst = new SlidingWindow(CAPACITY, all.subList(all.size() - 6, all.size()));
        TestGeneration.random(4, 1).commit(spark, folder, worst);
        List<Evaluated> byMean = RunTables.open(folder).best(1000);
        List<Evaluated> front = byMean.stream()
                .filter(worst.members()::contains)
                .filter(member -> worst.members().stream()
                        .noneMatch(other -> other.fitness().dominates(member.fitness())))
                .toList();
        List<Evaluated> expected = Stream.concat(
                        front.stream(), byMean.stream().filter(member -> !front.contains(member)))
                .toList();
        assertEquals(expected, RunTables.open(folder).bestOfFrontFirst(1000));
        assertEquals(
                expected.subList(0, front.size() + 1), RunTables.open(folder).bestOfFrontFirst(front.size() + 1));
        assertEquals(expected.subList(0, 1), RunTables.open(folder).bestOfFrontFirst(1));
    }

    @Test
    void originalsAreWhatPassedTheStaticFilterFirst() {
        Set<String> expected = Stream.of(1, 2, 3)
                .flatMap(n -> TestGeneration.random(n, 24).candidates().stream())
                .filter(row -> !List.of("duplicate", "rejected-static")
                        .contains(row.status().text()))
                .map(CandidateRow::valueKey)
                .collect(Collectors.toSet());
        assertEquals(48, expected.size());
        assertEquals(expected, originals(tables()).collectAsMap().keySet());
    }

    @Test
    void whatIsNotCommittedDoesNotCountAndIsOverwritten() throws IOException {
        Path copy = copy();
        RunFolder folder = folder(copy);
        try (RunLease lease = RunLease.acquire(folder)) {
            TestGeneration.random(4, 60).write(spark, folder, lease, window);
        }
        assertEquals(4, RunTables.open(folder).generations());
        assertEquals(2 + 3 * 24, TableFrames.open(spark, folder).candidates().count());
        TestGeneration.random(4, 6).commit(spark, folder, window);
        assertEquals(
                2 + 3 * 24 + 6, TableFrames.open(spark, folder).candidates().count());
        try (Stream<Path> files = Files.list(copy.resolve("candidates/generation=4"))) {
            assertEquals(
                    1,
                    files.filter(file -> file.getFileName().toString().startsWith("part-"))
                            .count());
        }
    }

    @Test
    void aGenerationIsCommittedOnceAndWhole() throws IOException {
        RunFolder folder = folder(copy());
        try (RunLease lease = RunLease.acquire(folder)) {
            GenerationWriter again = TestGeneration.random(1, 6).write(spark, folder, lease, window);
            assertTrue(assertThrows(StoreException.class, again::commit)
                    .getMessage()
                    .contains("commits/generation=1.json stands there already"));
            GenerationWriter partial = new GenerationWriter(spark, folder, lease, 4, List.of());
            partial.selection(window, TestGeneration.NETWORKS);
            assertThrows(IllegalStateException.class, partial::commit);
        }
        assertEquals(4, RunTables.open(folder).generations());
    }

    /**
     * A former holder of the lease wakes up after the next holder has committed the generation, or before; it changes
     * nothing.
     */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aWriterThatLostItsLeaseChangesNothing(boolean committedMeanwhile) throws IOException {
        Path copy = copy();
        RunFolder folder = folder(copy);
        RunLease asleep = RunLease.acquire(folder);
        GenerationWriter late = TestGeneration.random(4, 6).write(spark, folder, asleep, window);
        try (RunLease next = takenOver(folder, copy)) {
            if (committedMeanwhile) {
                TestGeneration.random(4, 9).write(spark, folder, next, window).commit();
            }
            String message = assertThrows(StoreException.class, late::commit).getMessage();
            assertTrue(message.startsWith("another search or rerank has taken over the folder " + copy), message);
            asleep.close();
            next.requireValid();
        }
        int rows = 2 + 3 * 24 + (committedMeanwhile ? 9 : 0);
        assertEquals(rows, TableFrames.open(spark, folder(copy)).candidates().count());
        try (Stream<Path> files = Files.walk(copy)) {
            assertEquals(
                    List.of(),
                    files.filter(file -> file.toString().matches(".*(attempts|fences|lease|stale|claim).*"))
                            .toList());
        }
        assertEquals(
                committedMeanwhile ? 1 : 0,
                Files.exists(copy.resolve("candidates/generation=4"))
                        ? parquetFiles(copy.resolve("candidates/generation=4"))
                        : 0);
    }

    /** The commit of a generation deletes the files of a writer that died before its record. */
    @Test
    void filesThatNoRecordListsGoWithTheCommit() throws IOException {
        Path copy = copy();
        RunFolder folder = folder(copy);
        Path stray = Files.createDirectories(copy.resolve("evaluations/generation=4"))
                .resolve("part-0-x.parquet");
        Files.writeString(stray, "half a file");
        assertEquals(4, RunTables.open(folder).generations());
        TestGeneration.random(4, 6).commit(spark, folder, window);
        assertFalse(Files.exists(stray));
        Files.writeString(stray, "of one who woke up later");
        folder.sweep();
        assertFalse(Files.exists(stray));
        assertEquals(
                2 + 3 * 24 + 6,
                TableFrames.open(spark, folder(copy)).candidates().count());
    }

    private static RunLease takenOver(RunFolder folder, Path run) throws IOException {
        // The holder had no heartbeat for more than a minute, but its process lives.
        Path lease = run.resolve(".lease");
        Files.writeString(lease, Files.readString(lease).replaceAll("\"host\":\"[^\"]*\"", "\"host\":\"elsewhere\""));
        try (Stream<Path> hearts = Files.walk(run.resolve(".fences"))) {
            for (Path heart : hearts.filter(Files::isRegularFile).toList()) {
                Files.setLastModifiedTime(heart, FileTime.from(Instant.now().minusSeconds(90)));
            }
        }
        return RunLease.acquire(folder);
    }

    private static long parquetFiles(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".parquet")).count();
        }
    }

    @Test
    void aTruncatedOrMissingFileOfACommittedGenerationIsNamed() throws IOException {
        Path copy = copy();
        Path file = onlyFile(copy.resolve("evaluations/generation=1"));
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, whole.length / 2));
        assertNames(copy, file.getFileName().toString(), "instead of " + whole.length, "generation=1.json");
        Files.delete(file);
        assertNames(copy, file.getFileName().toString(), "is missing", "generation=1.json");
        for (int generation = 1; generation <= GENERATIONS; generation++) {
            Files.delete(copy.resolve("commits/generation=" + generation + ".json"));
        }
        assertEquals(1, RunTables.open(folder(copy)).generations());
    }

    @Test
    void anAlteredFileOfACommittedGenerationIsNamed() throws IOException {
        Path copy = copy();
        Path file = onlyFile(copy.resolve("selection/generation=2"));
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 3] ^= 4;
        Files.delete(file.resolveSibling("." + file.getFileName() + ".crc"));
        Files.write(file, bytes);
        assertNames(copy, file.getFileName().toString(), "was altered since it was written", "generation=2.json");
    }

    @Test
    void recordsOfTheFirstFormatHaveNoChecksums() throws IOException {
        Path copy = copy();
        Path commit = copy.resolve("commits/generation=1.json");
        Files.deleteIfExists(copy.resolve("commits/.generation=1.json.crc"));
        Files.writeString(
                commit,
                Files.readString(commit)
                        .replace("\"format\" : 3", "\"format\" : 1")
                        .replaceAll(",\\s*\"crc32c\" : \"[0-9a-f]+\"", ""));
        assertFalse(Files.readString(commit).contains("crc32c"));
        assertEquals(GENERATIONS + 1, RunTables.open(folder(copy)).generations());
    }

    /** Records of formats 1 and 2 have no checksum of their own: the files tell their rows and columns. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void rowsAndColumnsAreCheckedInTheFilesThemselves(int format) throws IOException {
        Path copy = copy();
        CommitRecord commit = folder(copy).commits().read().get(1);
        DataFile file = commit.files(Table.CANDIDATES).get(0);
        write(copy, format, commit, new DataFile(file.path(), file.bytes(), file.rows() + 1, file.crc32c()));
        assertNames(copy, file.path(), "has 24 rows instead of 25", "generation=1.json");
        write(copy, format, commit, file);
        assertEquals(GENERATIONS + 1, RunTables.open(folder(copy)).generations());

        Path other = onlyFile(copy.resolve("evaluations/generation=1"));
        Files.copy(other, copy.resolve(file.path()), StandardCopyOption.REPLACE_EXISTING);
        DataFile evaluations = commit.files(Table.EVALUATIONS).get(0);
        write(
                copy,
                format,
                commit,
                new DataFile(file.path(), evaluations.bytes(), evaluations.rows(), evaluations.crc32c()));
        assertNames(copy, file.path(), "it lacks the column origin, so it is another table's");
    }

    /** Writes a record that lists another file of the candidates, as a version with this format would. */
    private static void write(Path run, int format, CommitRecord commit, DataFile candidates) throws IOException {
        Map<String, List<DataFile>> tables = new HashMap<>(commit.tables());
        tables.put(Table.CANDIDATES.folder(), List.of(candidates));
        String text = new CommitRecord(format, commit.generation(), tables, "").toJson();
        Files.deleteIfExists(run.resolve(
                "candidates/generation=1/." + Path.of(candidates.path()).getFileName() + ".crc"));
        Files.writeString(
                run.resolve("commits/generation=1.json"),
                format == 1 ? text.replaceAll(",\\s*\"crc32c\" : \"[0-9a-f]*\"", "") : text);
    }

    @Test
    void aDamagedOrMissingCommitRecordIsNamed() throws IOException {
        Path copy = copy();
        Path commit = copy.resolve("commits/generation=1.json");
        Files.deleteIfExists(copy.resolve("commits/.generation=1.json.crc"));
        String record = Files.readString(commit);
        for (String damaged : List.of(
                "",
                "{",
                record + "x",
                record.replace("\"generation\" : 1", "\"generation\" : 2"),
                record.replace("\"format\" : 3", "\"format\" : 99"),
                record.replaceFirst("\"rows\" : \\d+", "\"rows\" : 1"),
                record.replaceFirst("\\[ \\{[^\\]]*\\]", "[ ]"),
                record.replaceFirst("\\[ \\{[^\\]]*\\]", "[ null ]"),
                record.replaceFirst("\\[ \\{[^\\]]*\\]", "7"),
                record.replaceFirst("\"rows\" : (\\d+)", "\"rows\" : \"$1\""),
                record.replaceFirst("\"rows\" : (\\d+)", "\"rows\" : $1.5"),
                record.replaceFirst("\"rows\" : (\\d+)", "\"rows\" : true"),
                record.replaceFirst("\"bytes\" : (\\d+)", "\"bytes\" : null"),
                record.replaceFirst("\"bytes\" : (\\d+)", "\"bytes\" : 99999999999999999999"),
                record.replaceFirst("\"path\" : \"[^\"]*\"", "\"path\" : 7"),
                record.replaceFirst("\"path\" : \"[^\"]*\"", "\"path\" : null"),
                record.replaceFirst("\"path\" : ", "\"road\" : "),
                "[".repeat(50_000),
                "{\"format\" : ".repeat(50_000),
                record.replace("\"candidates/generation=1/", "\"/candidates/generation=1/"),
                record.replace("\"candidates/generation=1/", "\"candidates/generation=1/../../../"),
                record.replace("\"candidates/generation=1/", "\"candidates/generation=2/"),
                "null",
                record.replace("\"selection\"", "\"choice\""))) {
            Files.writeString(commit, damaged);
            assertNames(copy, "commits/generation=1.json is damaged", "restore it", "run these again");
        }
        Files.delete(commit);
        assertNames(copy, "commits/generation=1.json is missing", "generation 3 is committed");
    }

    @Test
    void aFolderInThePlaceOfAFileIsToldAsOne() throws IOException {
        Path copy = copy();
        Path file = onlyFile(copy.resolve("candidates/generation=1"));
        Files.delete(file);
        Files.createDirectories(file);
        assertNames(copy, file.getFileName().toString(), "it is a folder", "restore it", "generation=1.json");
        Path record = copy.resolve("commits/generation=0.json");
        Files.delete(record);
        Files.createDirectories(record);
        assertNames(copy, record.toString(), "is damaged (it is a folder)", "restore it");
    }

    private static Path onlyFile(Path partition) throws IOException {
        try (Stream<Path> files = Files.list(partition)) {
            return files.filter(file -> file.toString().endsWith(".parquet"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static void assertNames(Path run, String... parts) {
        RunFolder folder = folder(run);
        String message =
                assertThrows(StoreException.class, () -> RunTables.open(folder)).getMessage();
        for (String part : parts) {
            assertTrue(message.contains(part), message);
        }
    }
}
