package org.evonorm.cli.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.config.Configurator;
import org.evonorm.store.RunFolder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunLogTest {

    private static final String TIME = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}(Z|[+-]\\d\\d:\\d\\d) ";

    @TempDir
    private Path run;

    private final List<String> warnings = Collections.synchronizedList(new ArrayList<>());

    private RunLog log() {
        return RunLog.of("search", RunFolder.at(run.toString(), new Configuration()), warnings::add, false);
    }

    private List<String> lines() throws IOException {
        try (Stream<Path> files = Files.list(run.resolve("logs"))) {
            List<Path> found = files.toList();
            assertEquals(1, found.size());
            assertTrue(
                    found.get(0).getFileName().toString().matches("search-\\d{8}T\\d{6}Z-\\d+\\.log"),
                    found.toString());
            return Files.readAllLines(found.get(0));
        }
    }

    @Test
    void linesWaitForTheFolder() throws IOException {
        try (RunLog log = log()) {
            log.line("early");
            assertTrue(Files.notExists(run.resolve("logs")));
            log.open();
            log.line("late");
        }
        List<String> lines = lines();
        assertTrue(lines.get(0).matches(TIME + "early"), lines.toString());
        assertTrue(lines.get(1).matches(TIME + "late"), lines.toString());
        assertEquals(2, lines.size());
    }

    @Test
    void aLogThatIsNeverOpenedLeavesNothing() {
        try (RunLog log = log()) {
            log.line("refused");
        }
        assertTrue(Files.notExists(run.resolve("logs")));
    }

    @Test
    void warningsOfLibrariesComeWithTheirExceptions() throws IOException {
        // Commands that other tests ran may have silenced Spark's and Hadoop's loggers.
        Configurator.setLevel("org.apache.a.B", Level.INFO);
        try (RunLog log = log()) {
            log.open();
            LogManager.getLogger("org.apache.a.B").warn("a disk is slow", new IOException("slow"));
            LogManager.getLogger("org.apache.a.B").info("nothing of note");
        }
        List<String> lines = lines();
        assertTrue(lines.get(0).matches(TIME + "WARN B: a disk is slow"), lines.toString());
        assertEquals("java.io.IOException: slow", lines.get(1));
        assertTrue(lines.get(2).startsWith("\tat "), lines.toString());
        assertFalse(lines.toString().contains("nothing of note"));
        LogManager.getLogger("org.apache.a.B").warn("after the end");
        assertEquals(lines, lines());
    }

    @Test
    void aFailureComesWithItsTraceAlsoFromAnInterruptedThread() throws IOException {
        try (RunLog log = log()) {
            log.open();
            Thread.currentThread().interrupt();
            log.failure("Failed: no layer", new IllegalStateException("no layer"));
        }
        assertTrue(Thread.interrupted());
        assertTrue(lines().get(0).matches(TIME + "Failed: no layer"), lines().toString());
        assertEquals("java.lang.IllegalStateException: no layer", lines().get(1));
    }

    @Test
    void aLogThatCannotBeWrittenIsToldOfOnce() throws IOException {
        Files.writeString(run.resolve("run.conf"), "");
        Files.writeString(run.resolve("logs"), "a file in the place of the folder");
        try (RunLog log = log()) {
            log.open();
            log.line("one");
            log.line("two");
        }
        assertEquals(1, warnings.size(), warnings.toString());
        assertTrue(
                warnings.get(0)
                        .matches(
                                "The log " + run
                                        + "/logs/search-.*\\.log cannot be written \\(.+\\), and the command goes on without it\\."),
                warnings.toString());
    }
}
