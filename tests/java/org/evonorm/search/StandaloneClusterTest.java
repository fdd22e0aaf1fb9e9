package org.evonorm.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.evonorm.search.progress.SearchObserver;
import org.evonorm.settings.Settings;
import org.evonorm.store.LocalSpark;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The application jar submitted to a cluster of two workers, compared with a search inside this process. */
@Tag("long")
class StandaloneClusterTest {

    private static final Map<String, String> SMALL = Map.of(
            "spark.executor.memory", "1g",
            "spark.driver.memory", "1g",
            "spark.default.parallelism", "4",
            "spark.sql.codegen.wholeStage", "false",
            "spark.sql.codegen.factoryMode", "NO_CODEGEN");

    @TempDir
    private static Path folder;

    private static Path config;
    private static LocalCluster cluster;

    @BeforeAll
    static void startCluster() throws IOException {
        config = Files.writeString(folder.resolve("tiny.conf"), TinySearch.SETTINGS);
        cluster = LocalCluster.start(folder.resolve("cluster"), 2, 2, "2g", 0);
    }

    @AfterAll
    static void stopCluster() {
        cluster.close();
    }

    private static List<String> tables(String run) {
        return RepeatableRows.in(LocalSpark.session(2), folder.resolve(run));
    }

    @Test
    void bothDeployModesGiveTheTablesOfALocalRun() throws IOException {
        Search.run(
                LocalSpark.session(2),
                Settings.load(Optional.of(config), List.of("search.run=" + folder.resolve("local"))),
                SearchObserver.SILENT);
        List<String> expected = tables("local");
        assertTrue(expected.stream().anyMatch(row -> row.contains("mutation")), expected.toString());

        LocalCluster.Ended client = cluster.submit(
                SMALL,
                "search",
                "--config",
                config.toString(),
                "--run",
                folder.resolve("client").toString());
        assertEquals(0, client.status(), client.err());
        assertTrue(client.out().contains("Generation 2 of 2: 200 proposed"), client.out());
        // Spark's own log tells every step, in hundreds of lines.
        assertTrue(client.err().lines().noneMatch(line -> line.contains(" INFO ")), client.err());
        assertTrue(client.err().lines().noneMatch(line -> line.contains("incubator")), client.err());
        assertEquals(expected, tables("client"));

        Map<String, String> inCluster = new HashMap<>(SMALL);
        inCluster.put("spark.submit.deployMode", "cluster");
        inCluster.put("spark.standalone.submit.waitAppCompletion", "true");
        LocalCluster.Ended submitted = cluster.submit(
                inCluster,
                "search",
                "--config",
                config.toString(),
                "--run",
                folder.resolve("in-cluster").toString());
        assertEquals(0, submitted.status(), submitted.err());
        assertTrue(submitted.err().contains("is FINISHED"), submitted.err());
        assertTrue(cluster.driverOutput().contains("Generation 2 of 2: 200 proposed"), cluster.driverOutput());
        assertEquals(expected, tables("in-cluster"));
    }

    @Test
    void aFailureHasItsStatusAndSentence() throws IOException {
        LocalCluster.Ended ended = cluster.submit(
                SMALL,
                "search",
                "--config",
                config.toString(),
                "--run",
                folder.resolve("failed").toString(),
                "--set",
                "search.generation=3");
        assertEquals(1, ended.status());
        assertTrue(ended.err().contains("evonorm: there is no setting search.generation ("), ended.err());
    }

    @Test
    void authenticationAndEncryptionChangeNoTable() throws IOException {
        Path once = Files.writeString(
                folder.resolve("once.conf"), TinySearch.SETTINGS + "\nsearch { generations = 1, proposals = 60 }\n");
        Search.run(
                LocalSpark.session(2),
                Settings.load(Optional.of(once), List.of("search.run=" + folder.resolve("open"))),
                SearchObserver.SILENT);
        String secret = UUID.randomUUID().toString();
        try (LocalCluster closed = LocalCluster.startWithSecret(folder.resolve("closed-cluster"), secret, 1, 2, "2g")) {
            LocalCluster.Ended ended = closed.submit(
                    SMALL,
                    "search",
                    "--config",
                    once.toString(),
                    "--run",
                    folder.resolve("closed").toString());
            assertEquals(0, ended.status(), ended.err());
            assertEquals(tables("open"), tables("closed"));
            Map<String, String> withoutSecret = new HashMap<>(SMALL);
            withoutSecret.put("spark.authenticate.secret", "a guess");
            LocalCluster.Ended refused = closed.submit(
                    withoutSecret,
                    "search",
                    "--config",
                    once.toString(),
                    "--run",
                    folder.resolve("refused").toString());
            assertNotEquals(0, refused.status());
            assertFalse(Files.exists(folder.resolve("refused/commits")), refused.err());
        }
    }
}
