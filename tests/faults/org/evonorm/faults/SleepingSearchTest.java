package org.evonorm.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.spark.sql.SparkSession;
import org.evonorm.faults.DisturbedSearch.Moment;
import org.evonorm.search.KnownSearch;
import org.evonorm.search.RepeatableRows;
import org.evonorm.search.progress.Stage;
import org.evonorm.store.LocalSpark;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Searches whose process is stopped for longer than their lease lasts, and wakes up when another one has ended the run.
 * The rows alone would hide a damage, for all searches write the same values: the files and a third start show it.
 */
@Tag("long")
class SleepingSearchTest {

    private static final int GENERATIONS = 2;
    /** Number of moments that are tried, each of which takes four JVMs with Spark; -Devonorm.moments=8 takes all. */
    private static final int MOMENTS = Integer.getInteger("evonorm.moments", 1);

    private final Random random = new Random(11);

    @TempDir
    private Path temporary;

    /** Moments in every stage of both generations, and one while each is committed, in a random order. */
    private List<Moment> moments() {
        List<Moment> moments = new ArrayList<>();
        for (int generation = 1; generation <= GENERATIONS; generation++) {
            for (Stage stage : DisturbedSearch.STAGES) {
                moments.add(new Moment(generation, stage, 0.9 * random.nextDouble(), random.nextInt(50)));
            }
            moments.add(new Moment(generation, Stage.TRAIN, 1, random.nextInt(400)));
        }
        Collections.shuffle(moments, random);
        return moments.subList(0, MOMENTS);
    }

    @Test
    void aSearchThatWakesUpChangesNothingOfTheOneThatTookOver() throws IOException, InterruptedException {
        SparkSession spark = LocalSpark.session(2);
        KnownSearch.run(spark, temporary.resolve("whole"), GENERATIONS);
        List<String> whole = RepeatableRows.in(spark, temporary.resolve("whole"));
        int overtaken = 0;
        int number = 0;
        for (Moment moment : moments()) {
            Path run = temporary.resolve("run" + number++);
            Path log = Files.createDirectory(temporary.resolve("log" + number));
            Path errors = temporary.resolve("errors");
            List<String> arguments = List.of(run.toString(), "" + GENERATIONS, log.toString(), "60");
            Process asleep = DisturbedSearch.sleepingAt(moment, arguments, errors);
            try {
                if (!Files.exists(run.resolve(".lease"))) {
                    // It had come to its end.
                    continue;
                }
                RunFiles.makeHeartbeatsOld(run);
                assertEquals(0, end(arguments), moment + ": taking over");
                Map<String, String> files = RunFiles.lasting(run);
                DisturbedSearch.signal(asleep, "-CONT");
                int status = asleep.waitFor();
                assertNotEquals(0, status, moment.toString());
                String said = Files.readString(errors);
                assertTrue(said.contains("taken over the folder " + run), moment + ": " + said);
                assertEquals(files, RunFiles.lasting(run), moment.toString());
                assertEquals(0, end(arguments), moment + ": a third start");
                assertEquals(whole, RepeatableRows.in(spark, run), moment.toString());
                overtaken++;
            } finally {
                asleep.destroyForcibly().waitFor();
            }
        }
        assertTrue(overtaken > 0, "no search was overtaken");
    }

    private static int end(List<String> arguments) throws IOException, InterruptedException {
        return DisturbedSearch.jvm(DisturbedSearch.class, arguments)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }
}
