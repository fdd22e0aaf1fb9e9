package org.evonorm.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.evonorm.faults.DisturbedSearch;
import org.evonorm.search.KnownSearch;
import org.evonorm.store.LocalSpark;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands that read a few rows of a run, in JVMs of their own: none of them starts Spark. */
class SmallReadsTest {

    @TempDir
    private static Path folder;

    private static String id;

    @BeforeAll
    static void search() {
        id = KnownSearch.run(LocalSpark.session(2), folder.resolve("run"), 1)
                .best()
                .get(0)
                .candidate()
                .id();
    }

    /** Runs a command and returns the names of the classes that it loaded. */
    private static List<String> classesOf(String... arguments) throws IOException, InterruptedException {
        Path loaded = folder.resolve("loaded");
        ProcessBuilder builder = DisturbedSearch.jvm(Main.class, List.of(arguments))
                .redirectOutput(folder.resolve("out").toFile())
                .redirectError(folder.resolve("errors").toFile());
        builder.command().add(1, "-Xlog:class+load:file=" + loaded);
        int status = builder.start().waitFor();
        assertEquals(0, status, Files.readString(folder.resolve("errors")));
        return Files.readAllLines(loaded).stream()
                .map(line -> line.replaceFirst("^(\\[[^]]*])*\\s*(\\S+)\\s.*", "$2"))
                .toList();
    }

    private static void assertStartsNoSpark(List<String> classes) {
        assertTrue(classes.contains("org.evonorm.store.RunTables"), "the log of classes is read rightly");
        assertFalse(classes.contains("org.apache.spark.SparkContext"));
        assertFalse(classes.contains("org.apache.spark.sql.SparkSession"));
    }

    @Test
    void exportReadsACandidateWithoutSpark() throws IOException, InterruptedException {
        assertStartsNoSpark(classesOf(
                "export",
                "--run",
                folder.resolve("run").toString(),
                "--candidate",
                id.substring(0, 12),
                "--format",
                "json"));
        assertTrue(Files.readString(folder.resolve("out")).startsWith("{\"nodes\":["));
    }

    @Test
    void reportReadsARunWithoutSpark() throws IOException, InterruptedException {
        Path page = folder.resolve("page.html");
        assertStartsNoSpark(classesOf("report", folder.resolve("run").toString(), "--output", page.toString()));
        assertTrue(Files.readString(page).contains(id));
    }
}
