package org.evonorm.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.evonorm.graph.Layer;
import org.evonorm.search.KnownAccuracies;
import org.evonorm.search.KnownSearch;
import org.evonorm.search.LocalCluster;
import org.evonorm.search.OnKnownAccuracies;
import org.evonorm.search.RepeatableRows;
import org.evonorm.search.progress.SearchObserver;
import org.evonorm.search.progress.Stage;
import org.evonorm.search.trial.LoggedTrials;
import org.evonorm.store.LocalSpark;
import org.evonorm.store.RunFolder;
import org.evonorm.store.TableFrames;
import org.evonorm.training.TrainingResult;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Searches on a cluster whose executors are killed, in every stage or by a layer. */
@Tag("long")
class LostExecutorTest {

    private static final int GENERATIONS = 1;

    @TempDir
    private Path temporary;

    /** Kills one executor at a random moment of each stage. */
    private static final class Killer implements SearchObserver {

        private final LocalCluster cluster;
        private final Random random = new Random(3);
        private final Set<String> struck = new HashSet<>();
        private int kills;
        private double share;

        Killer(LocalCluster cluster) {
            this.cluster = cluster;
        }

        @Override
        public void stageAdvanced(int generation, Stage stage, int done, int total) {
            if (done == 0) {
                share = random.nextDouble();
            }
            if (done >= share * total && struck.add(generation + " " + stage)) {
                List<ProcessHandle> executors = cluster.executors();
                if (!executors.isEmpty()) {
                    kills += executors.get(random.nextInt(executors.size())).destroyForcibly() ? 1 : 0;
                }
            }
        }
    }

    /** Known accuracies, with one training that ends its process, as a fault in native code would. */
    private record Crashing(KnownAccuracies known, long fatalSeed) implements OnKnownAccuracies {

        @Override
        public TrainingResult train(Layer layer, String network, long seed) {
            if (seed == fatalSeed) {
                Runtime.getRuntime().halt(134);
            }
            return known.train(layer, network, seed);
        }
    }

    @Test
    void aLayerThatCrashesItsExecutorIsFailedAndTheSearchGoesOn() throws IOException {
        SparkSession local = LocalSpark.session(2);
        KnownSearch.run(local, temporary.resolve("whole"), GENERATIONS);
        TableFrames whole =
                TableFrames.open(local, RunFolder.at(temporary.resolve("whole").toString(), new Configuration()));
        Row fatal = whole.evaluations()
                .where("generation = 1 and network = 'mobilenetv2'")
                .orderBy("index")
                .first();
        String id = fatal.getAs("id");
        List<String> others = RepeatableRows.of(whole.candidates().where("id != '" + id + "'"));
        List<String> trainings = RepeatableRows.of(whole.evaluations().where("seed != " + fatal.<Long>getAs("seed")));
        try (LocalCluster cluster = LocalCluster.start(temporary.resolve("cluster"), 2, 1, "1g", 0);
                SparkSession spark = cluster.session("spark.executor.memory", "600m")) {
            KnownSearch.run(
                    spark,
                    temporary.resolve("run").toString(),
                    GENERATIONS,
                    new Crashing(new KnownAccuracies(), fatal.<Long>getAs("seed")),
                    SearchObserver.SILENT);
        }
        TableFrames run = TableFrames.open(
                LocalSpark.session(2), RunFolder.at(temporary.resolve("run").toString(), new Configuration()));
        assertEquals(others, RepeatableRows.of(run.candidates().where("id != '" + id + "'")));
        assertEquals(trainings, RepeatableRows.of(run.evaluations()));
        Row failed = run.candidates()
                .where("id = '" + id + "' and status != 'duplicate'")
                .first();
        assertEquals(
                "failed: mobilenetv2: ended its JVM with status 134, after a first attempt that failed too",
                failed.getAs("status") + ": " + failed.getAs("reason"));
    }

    @Test
    void aSearchThatLosesAnExecutorInEveryStageComesToTheSame() throws IOException {
        Path log = Files.createDirectory(temporary.resolve("log"));
        try (LocalCluster cluster = LocalCluster.start(temporary.resolve("cluster"), 2, 1, "1g", 0)) {
            Killer killer = new Killer(cluster);
            try (SparkSession spark = cluster.session("spark.executor.memory", "600m")) {
                KnownSearch.run(
                        spark,
                        temporary.resolve("run").toString(),
                        GENERATIONS,
                        new LoggedTrials(new KnownAccuracies(), log.toString(), 60),
                        killer);
            }
            // Generation 0 has one stage.
            assertTrue(
                    killer.kills >= GENERATIONS * DisturbedSearch.STAGES.size(),
                    killer.kills + " executors were killed");
        }
        SparkSession spark = LocalSpark.session(2);
        KnownSearch.run(spark, temporary.resolve("whole"), GENERATIONS);
        assertEquals(
                RepeatableRows.in(spark, temporary.resolve("whole")),
                RepeatableRows.in(spark, temporary.resolve("run")));
        double kept = LoggedTrials.shareKept(log);
        assertTrue(kept >= 0.9, kept + " of the trainings were kept");
    }
}
