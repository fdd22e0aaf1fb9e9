package org.evonorm.rerank;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.evonorm.faults.DisturbedSearch;
import org.evonorm.rerank.DisturbedRerank.Moment;
import org.evonorm.search.KnownSearch;
import org.evonorm.store.LocalSpark;
import org.evonorm.store.RunFolder;
import org.evonorm.store.ScoredOn;
import org.evonorm.store.TableFrames;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Reranks whose process is stopped for longer than their lease lasts, and wakes up when another one has done all
 * trainings: in the middle of trainings, and while a batch is committed.
 */
@Tag("long")
@Tag("trials")
class SleepingRerankTest {

    /** How many moments are tried; each takes three JVMs with Spark. */
    private static final int MOMENTS = Integer.getInteger("evonorm.moments", 2);
    /** Trainings of a round, after which a batch is committed: 7 layers in 3 networks from one seed. */
    private static final int ROUND = 7 * 3;

    private final Random random = new Random(13);

    @TempDir
    private Path temporary;

    private List<Moment> moments() {
        List<Moment> moments = new ArrayList<>();
        for (int i = 0; i < MOMENTS; i++) {
            boolean committing = i % 2 == 0;
            int round = 1 + random.nextInt(3);
            moments.add(
                    committing
                            ? new Moment(ScoredOn.VALIDATION, round * ROUND, random.nextInt(400))
                            : new Moment(
                                    i % 4 == 1 ? ScoredOn.TEST : ScoredOn.VALIDATION,
                                    1 + random.nextInt(30),
                                    random.nextInt(50)));
        }
        return moments;
    }

    @Test
    void aRerankThatWakesUpChangesNothingOfTheOneThatTookOver() throws IOException, InterruptedException {
        SparkSession spark = LocalSpark.session(2);
        Path searched = temporary.resolve("searched");
        KnownSearch.run(spark, searched, 2);
        Path whole = copy(searched, "whole");
        assertEquals(0, DisturbedRerank.toTheEnd(whole).start().waitFor());
        List<String> rows = rows(spark, whole);
        assertTrue(rows.size() > 2 * ROUND);
        int overtaken = 0;
        int number = 0;
        for (Moment moment : moments()) {
            Path run = copy(searched, "run" + number++);
            Path errors = temporary.resolve("errors");
            Process asleep = DisturbedRerank.sleepingAt(moment, run, errors);
            try {
                if (!Files.exists(run.resolve(".lease"))) {
                    // It had come to its end.
                    continue;
                }
                makeHeartbeatsOld(run);
                assertEquals(0, DisturbedRerank.toTheEnd(run).start().waitFor(), moment + ": taking over");
                Map<String, String> files = files(run);
                DisturbedSearch.signal(asleep, "-CONT");
                assertNotEquals(0, asleep.waitFor(), moment.toString());
                String said = Files.readString(errors);
                assertTrue(said.contains("taken over the folder " + run), moment + ": " + said);
                assertEquals(files, files(run), moment.toString());
                assertEquals(0, DisturbedRerank.toTheEnd(run).start().waitFor(), moment + ": a third start");
                assertEquals(files, files(run), moment + ": nothing was left to do");
                assertEquals(rows, rows(spark, run), moment.toString());
                overtaken++;
            } finally {
                asleep.destroyForcibly().waitFor();
            }
        }
        assertTrue(overtaken > 0, "no rerank was overtaken");
    }

    private Path copy(Path from, String name) throws IOException {
        Path copy = temporary.resolve(name);
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve(from.relativize(file)));
            }
        }
        return copy;
    }

    private static List<String> rows(SparkSession spark, Path run) {
        return TableFrames.rerank(spark, RunFolder.at(run.toString(), new Configuration()))
                .drop("host")
                .toJSON()
                .collectAsList()
                .stream()
                .sorted()
                .toList();
    }

    private static void makeHeartbeatsOld(Path run) throws IOException {
        try (Stream<Path> hearts = Files.walk(run.resolve(".fences"))) {
            for (Path heart : hearts.filter(Files::isRegularFile).toList()) {
                Files.setLastModifiedTime(heart, FileTime.from(Instant.now().minusSeconds(90)));
            }
        }
    }

    /** Every file that counts, with its time and size: a file that was written anew has another time. */
    private static Map<String, String> files(Path run) throws IOException {
        Map<String, String> files = new TreeMap<>();
        for (String folder : List.of("candidates", "evaluations", "selection", "commits", "rerank")) {
            try (Stream<Path> found = Files.walk(run.resolve(folder))) {
                for (Path file : found.filter(Files::isRegularFile).toList()) {
                    files.put(file.toString(), Files.getLastModifiedTime(file) + " " + Files.size(file));
                }
            }
        }
        return files;
    }
}
