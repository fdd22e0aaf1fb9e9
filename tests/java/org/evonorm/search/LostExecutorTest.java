package org.evonorm.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.apache.spark.sql.SparkSession;
import org.evonorm.store.LocalSpark;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills executors of a cluster in every stage of a search. */
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

    @Test
    void aSearchThatLosesAnExecutorInEveryStageComesToTheSame() throws IOException {
        Path log = Files.createDirectory(temporary.resolve("log"));
        try (LocalCluster cluster = LocalCluster.start(temporary.resolve("cluster"), 2, 1, "1g", 0)) {
            Killer killer = new Killer(cluster);
            try (SparkSession spark = cluster.session("spark.executor.memory", "600m")) {
                KnownSearch.run(spark, temporary.resolve("run").toString(), GENERATIONS,
                        new LoggedTrials(new KnownAccuracies(), log.toString(), 60), killer);
            }
            // Generation 0 has one stage.
            assertTrue(killer.kills >= GENERATIONS * Stage.values().length, killer.kills + " executors were killed");
        }
        SparkSession spark = LocalSpark.session(2);
        KnownSearch.run(spark, temporary.resolve("whole"), GENERATIONS);
        assertEquals(RepeatableRows.in(spark, temporary.resolve("whole")),
                RepeatableRows.in(spark, temporary.resolve("run")));
        double kept = LoggedTrials.shareKept(log);
        assertTrue(kept >= 0.9, kept + " of the trainings were kept");
    }
}
