package org.evonorm.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import org.apache.spark.sql.SparkSession;
import org.evonorm.evolution.CandidateStatus;
import org.evonorm.graph.Layer;
import org.evonorm.rejection.SignalResult;
import org.evonorm.rejection.StabilityResult;
import org.evonorm.search.progress.SearchObserver;
import org.evonorm.search.spark.AssignedGpu;
import org.evonorm.search.spark.GpuOfTask;
import org.evonorm.search.spark.UnfitMachineError;
import org.evonorm.search.trial.CandidateEvaluator;
import org.evonorm.search.trial.Trial;
import org.evonorm.settings.Accepted;
import org.evonorm.settings.Settings;
import org.evonorm.settings.SettingsException;
import org.evonorm.training.TrainingResult;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole searches on workers that claim two GPUs each, which Spark discovers, assigns and shares. */
@Tag("long")
class GpuSchedulingTest {

    @TempDir
    private static Path shared;

    private static LocalCluster cluster;

    @TempDir
    private Path folder;

    private Optional<SparkSession> spark = Optional.empty();

    /** An evaluator that notes the GPU and the time of each task; trainings take some milliseconds. */
    private record Notes(KnownAccuracies known, String folder, int millis, GpuOfTask gpu) implements OnKnownAccuracies {

        @Override
        public CandidateEvaluator detached() {
            return new Notes(known, folder, millis, GpuOfTask.of(gpu.index()));
        }

        @Override
        public SignalResult checkSignal(Layer layer, long seed) {
            return known.checkSignal(layer, seed);
        }

        @Override
        public StabilityResult checkStability(Layer layer, long seed) {
            note(Trial.Kind.STABILITY, System.nanoTime());
            return known.checkStability(layer, seed);
        }

        @Override
        public CandidateStatus checkQuality(Layer layer, long seed) {
            note(Trial.Kind.QUALITY, System.nanoTime());
            return known.checkQuality(layer, seed);
        }

        @Override
        public TrainingResult train(Layer layer, String network, long seed) {
            long start = System.nanoTime();
            try {
                Thread.sleep(millis);
                return known.train(layer, network, seed);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            } finally {
                note(Trial.Kind.TRAIN, start);
            }
        }

        private void note(Trial.Kind stage, long start) {
            OptionalInt index = gpu.index();
            String text = String.join(
                    " ",
                    stage.name(),
                    index.isPresent() ? "" + index.getAsInt() : "none",
                    "" + start,
                    "" + System.nanoTime());
            try {
                Files.writeString(Path.of(folder, UUID.randomUUID().toString()), text, StandardOpenOption.CREATE_NEW);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** A task: its stage, its GPU or {@code none}, and its times in nanoseconds. */
    private record Note(String stage, String gpu, long start, long end) {}

    @BeforeAll
    static void startCluster() {
        cluster = LocalCluster.start(shared.resolve("cluster"), 1, 6, "1g", 2);
    }

    @AfterAll
    static void stopCluster() {
        cluster.close();
    }

    @AfterEach
    void stopSession() {
        spark.ifPresent(SparkSession::stop);
    }

    private void session(String... settings) throws IOException {
        spark = Optional.of(cluster.session(settings));
    }

    private List<Note> search(int millis, String... settings) throws IOException {
        Path notes = Files.createDirectories(folder.resolve("notes"));
        List<String> overrides = new ArrayList<>(List.of(
                "search.run=" + folder.resolve("run"), "search.generations=1", "search.seed=2", "search.proposals=30"));
        overrides.addAll(List.of(settings));
        Search.run(
                spark.orElseThrow(),
                Settings.load(Optional.empty(), overrides),
                new Notes(new KnownAccuracies(), notes.toString(), millis, AssignedGpu::ofThisTask),
                "1234",
                Accepted.NOTHING,
                SearchObserver.SILENT);
        List<Note> read = new ArrayList<>();
        try (var files = Files.newDirectoryStream(notes)) {
            for (Path file : files) {
                String[] words = Files.readString(file).split(" ");
                read.add(new Note(words[0], words[1], Long.parseLong(words[2]), Long.parseLong(words[3])));
            }
        }
        return read;
    }

    private static List<String> gpusOf(List<Note> notes, boolean trainings) {
        return notes.stream()
                .filter(note -> note.stage.equals("TRAIN") == trainings)
                .map(Note::gpu)
                .distinct()
                .sorted()
                .toList();
    }

    /** Most trainings that ran on one GPU at once. */
    private static long mostAtOnce(List<Note> notes) {
        List<Note> trainings =
                notes.stream().filter(note -> note.stage.equals("TRAIN")).toList();
        return trainings.stream()
                .mapToLong(one -> trainings.stream()
                        .filter(other -> other.gpu.equals(one.gpu) && other.start <= one.start && one.start < other.end)
                        .count())
                .max()
                .orElseThrow();
    }

    @Test
    void trainingsHaveAGpuEachAndFiltersNone() throws IOException {
        session("spark.executor.resource.gpu.amount", "2");
        List<Note> notes = search(100, "engine.gpu.amount-per-training=1");
        assertEquals(List.of("none"), gpusOf(notes, false));
        assertEquals(List.of("0", "1"), gpusOf(notes, true));
        assertEquals(1, mostAtOnce(notes));
    }

    @Test
    void trainingsShareTheGpusOfExecutorsOfTheirOwn() throws IOException {
        session(
                "spark.dynamicAllocation.enabled",
                "true",
                "spark.dynamicAllocation.shuffleTracking.enabled",
                "true",
                "spark.executor.cores",
                "3",
                "spark.executor.memory",
                "500m",
                "spark.dynamicAllocation.maxExecutors",
                "1");
        List<Note> notes = search(1000, "engine.gpu.amount-per-training=0.5", "engine.gpu.amount-per-executor=2");
        assertEquals(List.of("none"), gpusOf(notes, false));
        assertEquals(List.of("0", "1"), gpusOf(notes, true));
        assertEquals(2, mostAtOnce(notes));
    }

    @Test
    void whereSparkGivesEveryTaskAGpuTrainingsTakeIt() throws IOException {
        session("spark.executor.resource.gpu.amount", "1", "spark.task.resource.gpu.amount", "1");
        List<Note> notes = search(100);
        assertEquals(1, gpusOf(notes, true).size());
        assertTrue(List.of("0", "1").containsAll(gpusOf(notes, true)), notes.toString());
        assertEquals(1, mostAtOnce(notes));
    }

    /** Spark assigns the GPU, but the build computes on the CPU and cannot use it. */
    @Test
    void aBuildThatCannotTakeTheGpuEndsTheSearchAtOnce() throws IOException {
        session("spark.executor.resource.gpu.amount", "2");
        Settings settings = Settings.load(
                Optional.empty(),
                List.of(
                        "search.run=" + folder.resolve("run"),
                        "search.baselines=[]",
                        "engine.name=dl4j",
                        "engine.gpu.amount-per-training=1"));
        Throwable cause =
                assertThrows(Exception.class, () -> Search.run(spark.orElseThrow(), settings, SearchObserver.SILENT));
        while (cause.getCause() != null && !(cause instanceof UnfitMachineError)) {
            cause = cause.getCause();
        }
        assertTrue(
                cause.getMessage()
                        .matches("the DL4J engine was asked for GPU [01], but this build of evonorm"
                                + " computes on the CPU; build it with mvn -Pcuda, or do not ask for a GPU"),
                cause.getMessage());
        assertFalse(Files.exists(folder.resolve("run")));
    }

    @Test
    void executorsWithoutGpusAreNamed() throws IOException {
        session();
        String message = assertThrows(SettingsException.class, () -> search(100, "engine.gpu.amount-per-training=1"))
                .getMessage();
        assertTrue(message.contains("spark.executor.resource.gpu.amount"), message);
    }
}
