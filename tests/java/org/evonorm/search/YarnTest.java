package org.evonorm.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.evonorm.cli.CommandLineRun;
import org.evonorm.search.progress.SearchObserver;
import org.evonorm.settings.Settings;
import org.evonorm.store.LocalSpark;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** The application jar submitted to YARN, with run and images on HDFS, compared with a search inside this process. */
@Tag("long")
@EnabledIfSystemProperty(
        named = "evonorm.yarn",
        matches = "true",
        disabledReason = "takes minutes; see CONTRIBUTING.md")
class YarnTest {

    @TempDir
    private static Path folder;

    private static Path config;
    private static YarnCluster cluster;

    @BeforeAll
    static void startCluster() throws IOException {
        config = Files.writeString(folder.resolve("tiny.conf"), TinySearch.SETTINGS);
        cluster = YarnCluster.start(folder.resolve("yarn"), 4096);
    }

    @AfterAll
    static void stopCluster() {
        if (cluster != null) {
            cluster.close();
        }
    }

    /** The tables of a search in this process. */
    private static List<String> local(String run, String... settings) {
        List<String> all = new ArrayList<>(List.of(settings));
        all.add("search.run=" + folder.resolve(run));
        Search.run(LocalSpark.session(2), Settings.load(Optional.of(config), all), SearchObserver.SILENT);
        return RepeatableRows.in(LocalSpark.session(2), folder.resolve(run));
    }

    private static List<String> onHdfs(String run) {
        return RepeatableRows.in(LocalSpark.session(2), cluster.hdfs(run));
    }

    @Test
    void clientModeGivesTheTablesOfALocalRun() throws IOException {
        LocalCluster.Ended ended = cluster.submit(
                Map.of("spark.submit.deployMode", "client"),
                "search",
                "--config",
                config.toString(),
                "--run",
                cluster.hdfs("client"));
        assertEquals(0, ended.status(), () -> ended.err());
        assertTrue(ended.out().contains("Generation 2 of 2: 200 proposed"), ended.out());
        assertEquals(local("client"), onHdfs("client"));
    }

    @Test
    void clusterModeWithALostExecutorAndImagesOnHdfsGivesTheTablesOfALocalRun() throws Exception {
        String images = cluster.hdfs("images");
        CommandLineRun written =
                CommandLineRun.of("images", "--data", "synthetic", "--training", "250", "--output", images);
        assertEquals(0, written.status(), written.err());
        String[] settings = {"data.source=parquet", "data.path=" + images};
        CompletableFuture<LocalCluster.Ended> submitted = CompletableFuture.supplyAsync(() -> {
            try {
                return cluster.submit(
                        Map.of("spark.files", config.toString()),
                        "search",
                        "--config",
                        "tiny.conf",
                        "--run",
                        cluster.hdfs("cluster"),
                        "--set",
                        settings[0],
                        "--set",
                        settings[1]);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        FileSystem files = FileSystem.get(URI.create(cluster.hdfs("cluster")), new Configuration());
        org.apache.hadoop.fs.Path first =
                new org.apache.hadoop.fs.Path(cluster.hdfs("cluster"), "candidates/generation=0");
        boolean struck = false;
        while (!submitted.isDone()) {
            if (!struck && files.exists(first)) {
                struck = cluster.executors().stream()
                        .findFirst()
                        .map(ProcessHandle::destroyForcibly)
                        .orElse(false);
            }
            Thread.sleep(100);
        }
        LocalCluster.Ended ended = submitted.get();
        assertTrue(struck, "no executor was killed");
        assertEquals(0, ended.status(), () -> ended.err());
        assertEquals(local("cluster", settings), onHdfs("cluster"));
    }

    @Test
    void aFailureInClusterModeHasItsStatusAndItsSentenceInTheLog() throws IOException {
        LocalCluster.Ended ended = cluster.submit(
                Map.of("spark.files", config.toString(), "spark.yarn.maxAppAttempts", "1"),
                "search",
                "--config",
                "tiny.conf",
                "--run",
                cluster.hdfs("failed"),
                "--set",
                "search.generation=3");
        assertEquals(1, ended.status());
        assertTrue(cluster.logs().contains("evonorm: there is no setting search.generation ("), cluster.logs());
    }
}
