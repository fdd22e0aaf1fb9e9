package org.evonorm.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.apache.spark.sql.SparkSession;
import org.evonorm.cli.Main;
import org.evonorm.faults.DisturbedSearch.Moment;
import org.evonorm.search.KnownSearch;
import org.evonorm.search.RepeatableRows;
import org.evonorm.search.Search;
import org.evonorm.search.TinySearch;
import org.evonorm.search.progress.SearchObserver;
import org.evonorm.search.progress.Stage;
import org.evonorm.search.trial.LoggedTrials;
import org.evonorm.settings.Settings;
import org.evonorm.store.LocalSpark;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Searches in processes of their own that are ended again and again, compared with an undisturbed search. */
@Tag("long")
class KilledSearchTest {

    private static final int GENERATIONS = 1;
    /** A generous time for the tables and the commit record. */
    private static final int COMMIT_MILLIS = 1500;

    private final Random random = new Random(7);

    @TempDir
    private Path temporary;

    /** One moment in every stage, and one during the commit of each generation. */
    private List<Moment> moments() {
        List<Moment> moments = new ArrayList<>();
        for (int generation = 0; generation <= GENERATIONS; generation++) {
            for (Stage stage : generation == 0 ? List.of(Stage.TRAIN) : DisturbedSearch.STAGES) {
                moments.add(new Moment(generation, stage, 0.9 * random.nextDouble(), random.nextInt(50)));
            }
            moments.add(new Moment(generation, Stage.TRAIN, 1, random.nextInt(COMMIT_MILLIS)));
        }
        return moments;
    }

    @Test
    void aSearchThatIsKilledInEveryStageAndCommitComesToTheSame() throws IOException, InterruptedException {
        Path run = temporary.resolve("run");
        Path log = Files.createDirectory(temporary.resolve("log"));
        List<String> arguments = List.of(run.toString(), "" + GENERATIONS, log.toString(), "60");
        for (Moment moment : moments()) {
            assertTrue(DisturbedSearch.killAt(moment, arguments), moment + " was not reached");
        }
        assertEquals(
                0,
                DisturbedSearch.jvm(DisturbedSearch.class, arguments)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor());
        SparkSession spark = LocalSpark.session(2);
        KnownSearch.run(spark, temporary.resolve("whole"), GENERATIONS);
        assertEquals(RepeatableRows.in(spark, temporary.resolve("whole")), RepeatableRows.in(spark, run));
        double kept = LoggedTrials.shareKept(log);
        assertTrue(kept >= 0.9, kept + " of the trainings were kept");
    }

    @Test
    void aRealSearchThatIsTerminatedAgainAndAgainComesToTheSame() throws IOException, InterruptedException {
        Path config = Files.writeString(temporary.resolve("tiny.conf"), TinySearch.SETTINGS);
        Path run = temporary.resolve("run");
        List<String> command = List.of("search", "--config", config.toString(), "--run", run.toString());
        int terminated = 0;
        for (int start = 0; start < 3; start++) {
            Path errors = temporary.resolve("errors");
            Process search = DisturbedSearch.jvm(Main.class, command)
                    .redirectError(errors.toFile())
                    .start();
            try (BufferedReader out = search.inputReader()) {
                String said = out.readLine();
                Thread.sleep(random.nextInt(3000));
                // SIGTERM, as kill sends it, and as a nightly job receives it when the machine shuts down.
                search.toHandle().destroy();
                while (said != null) {
                    said = out.readLine();
                }
            }
            int status = search.waitFor();
            String said = Files.readString(errors);
            assertTrue(
                    (status == 143 && said.contains("the same command goes on after them"))
                            || (status == 0 && start > 0),
                    status + ": " + said);
            terminated += status == 143 ? 1 : 0;
        }
        assertTrue(terminated >= 1, "only " + terminated + " were terminated before their end");
        assertEquals(
                0,
                DisturbedSearch.jvm(Main.class, command)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor());
        SparkSession spark = LocalSpark.session(2);
        Search.run(
                spark,
                Settings.load(Optional.of(config), List.of("search.run=" + temporary.resolve("whole"))),
                SearchObserver.SILENT);
        assertEquals(RepeatableRows.in(spark, temporary.resolve("whole")), RepeatableRows.in(spark, run));
    }
}
