package org.evonorm.tracking;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.evonorm.search.KnownAccuracies;
import org.evonorm.search.KnownSearch;
import org.evonorm.search.progress.SearchObserver;
import org.evonorm.search.progress.SearchSummary;
import org.evonorm.store.LocalSpark;
import org.evonorm.store.RunFolder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.framework.Summary;

class TensorBoardTrackerTest {

    private static final List<String> NETWORKS = List.of("resnet50", "mobilenetv2", "efficientnetb0");

    @TempDir
    private Path folder;

    private final List<String> warnings = new ArrayList<>();

    private RunFolder run() {
        return RunFolder.at(folder.resolve("run").toString(), new Configuration());
    }

    private SearchTracker tracker() {
        return SearchTracker.open(
                Optional.of(new TrackTarget(folder.resolve("board").toString())),
                run(),
                NETWORKS,
                new Configuration(),
                warnings::add);
    }

    private SearchSummary search(int generations, SearchObserver observer) {
        return KnownSearch.run(
                LocalSpark.session(2), folder.resolve("run").toString(), generations, new KnownAccuracies(), observer);
    }

    private SearchSummary tracked(int generations) {
        try (SearchTracker tracker = tracker()) {
            return search(generations, tracker);
        }
    }

    /** The figures by tag and step, as a reader sees them that forgets what comes before a new session. */
    private Map<String, NavigableMap<Long, List<Summary.Value>>> figures() throws IOException {
        Map<String, NavigableMap<Long, List<Summary.Value>>> figures = new TreeMap<>();
        try (EventFolder events = EventFolder.at(folder.resolve("board/run").toString(), new Configuration())) {
            for (Event event : events.events()) {
                if (event.begins()) {
                    figures.values()
                            .forEach(steps -> steps.tailMap(event.step()).clear());
                }
                event.summary()
                        .getValueList()
                        .forEach(value -> figures.computeIfAbsent(value.getTag(), tag -> new TreeMap<>())
                                .computeIfAbsent(event.step(), step -> new ArrayList<>())
                                .add(value));
            }
        }
        return figures;
    }

    /** The values of a figure, which must be one per generation. */
    private static List<Float> values(Map<String, NavigableMap<Long, List<Summary.Value>>> figures, String tag) {
        return figures.get(tag).values().stream()
                .map(values -> {
                    assertEquals(1, values.size(), tag);
                    return values.get(0).getSimpleValue();
                })
                .toList();
    }

    @Test
    void aRunThatGoesOnContinuesItsCurvesWithoutDuplicates() throws IOException {
        // The first generations were not tracked; the second start tells them too.
        search(1, SearchObserver.SILENT);
        tracked(2);
        SearchSummary summary = tracked(3);
        tracked(3);
        assertEquals(List.of(), warnings);
        Map<String, NavigableMap<Long, List<Summary.Value>>> figures = figures();
        assertEquals(
                List.of(0L, 1L, 2L, 3L),
                List.copyOf(figures.get("candidates/proposed").keySet()));
        assertEquals(List.of(2f, 60f, 60f, 60f), values(figures, "candidates/proposed"));
        List<Float> best = values(figures, "accuracy/best mean");
        assertEquals(3, best.size(), "generation 0 has no layer but baselines");
        assertEquals((float) summary.best().get(0).fitness().mean(), best.get(2));
        assertEquals(4, values(figures, "front/size").size());
        assertEquals(
                List.of(2L, 3L), List.copyOf(figures.get("seconds/generation").keySet()));
        for (String tag : List.of(
                "accuracy/best baseline",
                "candidates/rejected-static",
                "candidates/duplicate",
                "candidates/trained",
                "front/hypervolume",
                "seconds/filters and trainings of all tasks")) {
            assertEquals(4, values(figures, tag).size(), tag);
        }
        assertEquals(3, values(figures, "accuracy/best in resnet50").size());
        assertEquals("There is no front yet.", text(figures, 0));
        String formulas = text(figures, 3);
        assertTrue(formulas.startsWith("| layer | mean | resnet50 |"), formulas);
        assertEquals(
                2 + Math.round(values(figures, "front/size").get(3)),
                formulas.lines().count());
    }

    private static String text(Map<String, NavigableMap<Long, List<Summary.Value>>> figures, long generation) {
        return figures.get("front/formulas")
                .get(generation)
                .get(0)
                .getTensor()
                .getStringVal(0)
                .toStringUtf8();
    }

    @Test
    void layersOfTheFrontHaveTheirLearningCurves() throws IOException {
        SearchSummary summary = tracked(1);
        String best = summary.best().get(0).candidate().id();
        Path layer = folder.resolve("board/run/layers/" + best);
        try (EventFolder events = EventFolder.at(layer.toString(), new Configuration())) {
            List<String> tags = events.events().stream()
                    .flatMap(event -> event.summary().getValueList().stream())
                    .map(Summary.Value::getTag)
                    .distinct()
                    .toList();
            assertTrue(tags.contains("curve/accuracy in resnet50"), tags.toString());
        }
        tracked(1);
        try (Stream<Path> files = Files.list(layer)) {
            assertEquals(1, files.count());
        }
    }

    @Test
    void aRunThatBeganAnewReplacesTheCurves() throws IOException {
        tracked(2);
        for (int generation = 1; generation <= 2; generation++) {
            Files.delete(folder.resolve("run/commits/generation=" + generation + ".json"));
        }
        tracked(1);
        Map<String, NavigableMap<Long, List<Summary.Value>>> figures = figures();
        assertEquals(List.of(2f, 60f), values(figures, "candidates/proposed"));
    }

    @Test
    void aRecordThatWasCutOffIsPassedOver() throws IOException {
        tracked(1);
        Path file;
        try (Stream<Path> files = Files.list(folder.resolve("board/run"))) {
            file = files.filter(Files::isRegularFile).findFirst().orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length - 5));
        assertEquals(List.of(0L), List.copyOf(figures().get("front/size").keySet()));
        tracked(1);
        assertEquals(List.of(0L, 1L), List.copyOf(figures().get("front/size").keySet()));
        values(figures(), "front/size");
    }

    @Test
    void aFolderThatCannotBeWrittenIsRefusedAtOnceAndToldOfLater() throws IOException {
        Files.writeString(folder.resolve("board"), "");
        String refused =
                assertThrows(IllegalArgumentException.class, this::tracker).getMessage();
        assertTrue(
                refused.matches("--track tensorboard:" + folder.resolve("board")
                        + " cannot be written \\(.+\\); name another folder"),
                refused);
        Files.delete(folder.resolve("board"));
        try (SearchTracker tracker = tracker()) {
            Files.delete(folder.resolve("board/run"));
            Files.delete(folder.resolve("board"));
            Files.writeString(folder.resolve("board"), "");
            assertEquals(1, search(1, tracker).generations());
        }
        assertEquals(1, warnings.size(), warnings.toString());
        assertTrue(warnings.get(0).contains(", and the search goes on without them"), warnings.toString());
    }

    @Test
    void withoutATargetNothingIsTracked() {
        try (SearchTracker tracker =
                SearchTracker.open(Optional.empty(), run(), NETWORKS, new Configuration(), warnings::add)) {
            tracker.searchStarted("run", 0);
        }
        assertFalse(Files.exists(folder.resolve("board")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "mlflow:http://host   | --track knows no 'mlflow'; write --track tensorboard:FOLDER",
                "tensorbord:a         | did you mean",
                "a folder             | --track knows no 'a folder'; write --track tensorboard:FOLDER",
                "tensorboard:         | --track tensorboard: names no folder; write --track tensorboard:FOLDER",
                "tensorboard          | --track tensorboard names no folder; write --track tensorboard:FOLDER"
            })
    void otherTargetsAreRefused(String text, String part) {
        String message = assertThrows(IllegalArgumentException.class, () -> TrackTarget.of(text))
                .getMessage();
        assertTrue(message.contains(part), message);
    }
}
