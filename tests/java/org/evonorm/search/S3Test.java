package org.evonorm.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.evonorm.cli.Main;
import org.evonorm.search.progress.SearchObserver;
import org.evonorm.settings.Settings;
import org.evonorm.store.LocalSpark;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Searches whose folder lies in an object store, which has neither folders nor a rename that is atomic. */
@Tag("long")
@EnabledIfSystemProperty(
        named = "evonorm.s3",
        matches = "true",
        disabledReason = "downloads a server and Amazon's client; see CONTRIBUTING.md")
class S3Test {

    @TempDir
    private static Path folder;

    private static Path config;
    private static S3Server server;
    private static List<String> expected;

    @BeforeAll
    static void searchOnLocalFiles() throws IOException, InterruptedException {
        config = Files.writeString(folder.resolve("tiny.conf"), TinySearch.SETTINGS);
        server = S3Server.start(folder.resolve("server"), "bucket");
        Path local = folder.resolve("local");
        Search.run(
                LocalSpark.session(2),
                Settings.load(Optional.of(config), List.of("search.run=" + local)),
                SearchObserver.SILENT);
        expected = RepeatableRows.in(LocalSpark.session(2), local);
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    private static ProcessBuilder search(String run) throws IOException {
        return server.jvm(Main.class, "search", "--config", config.toString(), "--run", run, "--master", "local[2]");
    }

    private static File file(String name) {
        return folder.resolve(name).toFile();
    }

    /** Starts a command and gives its exit status; its texts go to a file. */
    private static int run(ProcessBuilder command, String name) throws IOException, InterruptedException {
        return command.redirectErrorStream(true)
                .redirectOutput(file(name))
                .start()
                .waitFor();
    }

    private static List<String> rows(String run) throws IOException, InterruptedException {
        Path rows = folder.resolve("rows");
        assertEquals(0, run(server.jvm(PrintedRows.class, run, rows.toString()), "printed"));
        return Files.readAllLines(rows);
    }

    @Test
    void aSearchThatIsKilledAgainAndAgainComesToTheTablesOfLocalFiles() throws IOException, InterruptedException {
        Random random = new Random(5);
        int killed = 0;
        for (int start = 0; start < 4; start++) {
            Process search = search("s3a://bucket/killed")
                    .redirectErrorStream(true)
                    .redirectOutput(file("killed" + start))
                    .start();
            if (!search.waitFor(8 + random.nextInt(12), TimeUnit.SECONDS)) {
                search.destroyForcibly().waitFor();
                killed++;
            }
        }
        assertTrue(killed >= 2, killed + " were killed before their end");
        assertEquals(0, run(search("s3a://bucket/killed"), "last"), () -> text("last"));
        assertEquals(expected, rows("s3a://bucket/killed"));
    }

    @Test
    void ofTwoSearchesThatStartTogetherOneIsRefused() throws IOException, InterruptedException {
        Process one = search("s3a://bucket/shared")
                .redirectErrorStream(true)
                .redirectOutput(file("one"))
                .start();
        Process other = search("s3a://bucket/shared")
                .redirectErrorStream(true)
                .redirectOutput(file("other"))
                .start();
        assertEquals(1, one.waitFor() + other.waitFor(), () -> text("one") + text("other"));
        assertTrue((text("one") + text("other")).contains("another search or rerank works in s3a://bucket/shared"));
        assertEquals(expected, rows("s3a://bucket/shared"));
    }

    private static String text(String name) {
        try {
            return Files.readString(folder.resolve(name));
        } catch (IOException e) {
            return e.toString();
        }
    }
}
