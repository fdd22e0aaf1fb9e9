package org.evonorm.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.evonorm.graph.Baselines;
import org.evonorm.graph.CandidateIdentity;
import org.evonorm.graph.Formula;
import org.evonorm.graph.Layer;
import org.evonorm.training.TrainingResult;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Batches of a rerank that are damaged in every way; Hadoop's own checksum files are gone, for tools leave them behind.
 */
class RerankTableTest {

    private static final Layer LAYER = Baselines.get("EvoNorm-S0");

    private static SparkSession spark;
    private static Path written;

    @TempDir
    private Path temporary;

    private Path run;

    @BeforeAll
    static void write(@TempDir Path shared) throws IOException {
        spark = LocalSpark.session(2);
        written = shared.resolve("run");
        RunFolder folder = folder(written);
        StartedRun.in(folder, "");
        for (int batch = 1; batch <= 3; batch++) {
            append(folder, batch, batch == 2 ? 1 : 0);
        }
        try (Stream<Path> files = Files.walk(written)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".crc")).toList()) {
                Files.delete(file);
            }
        }
    }

    @BeforeEach
    void copy() throws IOException {
        run = copy("copy");
    }

    private Path copy(String name) throws IOException {
        Path copy = temporary.resolve(name);
        try (Stream<Path> files = Files.walk(written)) {
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve(written.relativize(file)));
            }
        }
        return copy;
    }

    private static RunFolder folder(Path path) {
        return RunFolder.at(path.toString(), spark.sparkContext().hadoopConfiguration());
    }

    private static RerankRow.Training training(int batch, int number) {
        return new RerankRow.Training(
                CandidateIdentity.id(LAYER), "resnet50", ScoredOn.VALIDATION, number, "{\"batch\":" + batch + "}");
    }

    private static RerankRow row(int batch, int number) {
        TrainingResult result =
                new TrainingResult(number / 10.0, 1, 5, false, List.of(new TrainingResult.CurvePoint(5, 1, 0.5)), 1, 2);
        return new RerankRow(
                new RerankRow.Score(training(batch, number), result.accuracy()),
                Optional.empty(),
                LAYER,
                result,
                7,
                "cpu",
                "host");
    }

    private static void append(RunFolder folder, int batch, int failures) {
        try (RunLease lease = RunLease.acquire(folder)) {
            new RerankTable(folder)
                    .append(spark, List.of(row(batch, 1), row(batch, 2)), failed(batch, failures), lease);
        }
    }

    private static List<RerankFailure> failed(int batch, int count) {
        List<RerankFailure> failures = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            failures.add(new RerankFailure(training(batch, 9 - i), Optional.empty(), LAYER, "too large", 7, "cpu"));
        }
        return failures;
    }

    private List<RerankRow.Score> scores() {
        return new RerankTable(folder(run)).scores();
    }

    private void assertNames(String... parts) {
        String message = assertThrows(StoreException.class, this::scores).getMessage();
        assertFalse(message.contains("\n"), message);
        for (String part : parts) {
            assertTrue(message.contains(part), message);
        }
        assertThrows(StoreException.class, () -> append(folder(run), 4, 0));
    }

    private Path batch(int number) throws IOException {
        return only(run.resolve("rerank"), String.format(Locale.ROOT, "batch-%05d-", number));
    }

    private static Path only(Path in, String prefix) throws IOException {
        try (Stream<Path> files = Files.list(in)) {
            return files.filter(file -> file.getFileName().toString().startsWith(prefix))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private Path record(int number) {
        return run.resolve("commits/rerank=" + number + ".json");
    }

    @Test
    void batchesAddUp() {
        assertEquals(6, scores().size());
        assertEquals(0.2, scores().get(3).accuracy());
        assertEquals(Map.of(training(2, 9), "too large"), new RerankTable(folder(run)).failures());
        append(folder(run), 4, 2);
        assertEquals(8, scores().size());
        assertEquals(3, new RerankTable(folder(run)).failures().size());
    }

    @Test
    void failuresShowTheSameFormulasAsTrainings() {
        Layer unsimplified = Formula.parse("x - 0");
        RerankFailure failure =
                new RerankFailure(training(4, 1), Optional.empty(), unsimplified, "too large", 7, "cpu");
        RerankRow row = new RerankRow(
                row(4, 1).score(), Optional.empty(), unsimplified, row(4, 1).result(), 7, "cpu", "host");
        int formula = RerankSchema.FAILURES.schema().fieldIndex("formula");
        assertEquals(
                row.toRow().getString(RerankSchema.TRAININGS.schema().fieldIndex("formula")),
                failure.toRow().getString(formula));
        assertNotEquals(Formula.print(unsimplified), failure.toRow().getString(formula));
    }

    @Test
    void anAlteredTruncatedOrMissingBatchIsNamedWithTheMend() throws IOException {
        Path file = batch(2);
        byte[] whole = Files.readAllBytes(file);
        SplittableRandom random = new SplittableRandom(3);
        for (int trial = 0; trial < 20; trial++) {
            byte[] altered = whole.clone();
            altered[random.nextInt(altered.length)] ^= (byte) (1 << random.nextInt(8));
            Files.write(file, altered);
            assertNames(file.toString(), "batch 2 of the rerank", "was altered", "restore it, or delete " + record(2));
        }
        Files.write(file, Arrays.copyOf(whole, random.nextInt(whole.length)));
        assertNames(file.toString(), "bytes instead of " + whole.length);
        Files.delete(file);
        assertNames(file.toString(), "is missing", record(2).toString());
        Files.createDirectories(file);
        assertNames(file.toString(), "it is a folder", record(2).toString());
        Files.delete(file);
        Files.write(file, whole);
        Path failures = only(run.resolve("rerank-failures"), "batch-00002-");
        byte[] bytes = Files.readAllBytes(failures);
        bytes[bytes.length / 2] ^= 1;
        Files.write(failures, bytes);
        assertNames(failures.toString(), "was altered");
    }

    @Test
    void swappedAndForeignBatchesAreNamed() throws IOException {
        Path first = batch(1);
        Path third = batch(3);
        Files.move(first, temporary.resolve("kept"));
        Files.move(third, first);
        Files.move(temporary.resolve("kept"), third);
        assertNames(first.toString());
        Files.move(first, temporary.resolve("kept"), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(only(run.resolve("rerank-failures"), "batch-00002-"), first);
        assertNames(first.toString());
    }

    @Test
    void aBatchOfAnotherRunWithoutARecordIsRefused() throws IOException {
        for (int number : List.of(1, 4, 9)) {
            Path foreign = run.resolve("rerank/batch-0000" + number + ".parquet");
            Files.copy(batch(1), foreign);
            assertNames(foreign.toString(), "is no batch of this run", "move it out of the folder");
            Files.delete(foreign);
        }
        assertEquals(6, scores().size());
    }

    @Test
    void damagedSwappedAndMissingRecordsAreNamed() throws IOException {
        String whole = Files.readString(record(2));
        for (String damaged : List.of(
                "",
                "null",
                "{",
                "[]",
                whole + "x",
                "[".repeat(100_000),
                whole.replaceFirst("\"rows\" : \\d+", "\"rows\" : 1"),
                whole.replaceFirst("\"rows\" : \\d+", "\"rows\" : \"2\""),
                whole.replaceFirst("\"bytes\" : \\d+", "\"bytes\" : 1e99"),
                whole.replace("\"format\" : 1", "\"format\" : 2"),
                whole.replace("\"batch\" : 2", "\"batch\" : 3"),
                whole.replace("\"rerank\"", "\"evaluations\""),
                whole.replace("\"rerank/batch", "\"/rerank/batch"),
                whole.replace("\"rerank/batch", "\"rerank/../../batch"),
                whole.replaceAll("\"tables\" : \\{(?s:.*)\\},", "\"tables\" : { },"),
                Files.readString(record(1)))) {
            Files.writeString(record(2), damaged);
            assertNames("the commit record " + record(2) + " is damaged", "restore it, or delete it");
        }
        Files.delete(record(2));
        assertNames("batch 2 of the rerank", "is missing", record(2).toString(), "rerank=3.json");
        Files.delete(record(3));
        // As after a kill before the record: the files do not count, and go.
        assertEquals(2, scores().size());
        new RerankTable(folder(run)).sweep();
        try (Stream<Path> left = Files.list(run.resolve("rerank"))) {
            assertEquals(List.of(batch(1)), left.toList());
        }
        append(folder(run), 2, 0);
        assertEquals(4, scores().size());
    }

    @Test
    void batchesOfTheFirstVersionHaveNoRecordsAndAreReadWithCare() throws IOException {
        Path folder = run.resolve("rerank");
        for (int number = 1; number <= 3; number++) {
            Files.delete(record(number));
            Files.move(batch(number), folder.resolve("batch-0000" + number + ".parquet"));
        }
        assertEquals(6, scores().size());
        append(folder(run), 4, 0);
        assertEquals(8, scores().size());
        assertTrue(Files.exists(record(4)));

        Path second = folder.resolve("batch-00002.parquet");
        byte[] whole = Files.readAllBytes(second);
        Files.write(second, Arrays.copyOf(whole, whole.length / 2));
        assertNames(second.toString(), "cannot be read", "delete it and the later batches");
        Files.copy(only(run.resolve("rerank-failures"), "batch-00002-"), second, StandardCopyOption.REPLACE_EXISTING);
        assertNames(second.toString(), "it lacks the column accuracy, so it is another table's");
        Files.delete(second);
        assertNames("batch 2 of the rerank", "is missing", "batch-00003.parquet");
        Files.createDirectories(second);
        assertNames(second.toString(), "it is a folder", "delete it and the later batches");
    }

    /** A rerank that slept for more than a minute while another one took its folder over. */
    @Test
    void aRerankThatWakesUpAddsNothing() throws IOException {
        RunFolder folder = folder(run);
        RunLease asleep = RunLease.acquire(folder);
        Path lease = run.resolve(".lease");
        Files.writeString(lease, Files.readString(lease).replaceAll("\"host\":\"[^\"]*\"", "\"host\":\"elsewhere\""));
        try (Stream<Path> hearts = Files.walk(run.resolve(".fences"))) {
            for (Path heart : hearts.filter(Files::isRegularFile).toList()) {
                Files.setLastModifiedTime(heart, FileTime.from(Instant.now().minusSeconds(90)));
            }
        }
        try (RunLease next = RunLease.acquire(folder)) {
            new RerankTable(folder).append(spark, List.of(row(4, 1)), List.of(), next);
            List<String> before = names();
            String message = assertThrows(
                            StoreException.class,
                            () -> new RerankTable(folder).append(spark, List.of(row(5, 1)), List.of(), asleep))
                    .getMessage();
            assertTrue(message.startsWith("another search or rerank has taken over the folder " + run), message);
            String start = assertThrows(StoreException.class, () -> folder.start("other = 1", asleep))
                    .getMessage();
            assertTrue(start.startsWith("another search or rerank has taken over the folder " + run), start);
            assertEquals(before, names());
            next.requireValid();
        }
        assertEquals("", folder.settings());
        assertEquals(7, scores().size());
        asleep.close();
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.walk(run)) {
            return files.filter(file -> !file.toString().contains("/.attempts"))
                    .map(Path::toString)
                    .sorted()
                    .toList();
        }
    }
}
