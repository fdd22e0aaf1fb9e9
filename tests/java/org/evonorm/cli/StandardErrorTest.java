package org.evonorm.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A real JVM under submit/quiet, with the flags of submit/evonorm. */
@DisabledOnOs(OS.WINDOWS)
class StandardErrorTest {

    @TempDir
    private Path folder;

    private record Ended(int status, String err) {}

    private Ended run(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                "submit/quiet",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@submit/jvm.flags",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC"));
        command.addAll(Arrays.asList(arguments));
        Path err = folder.resolve("err");
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(err.toFile());
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        int status = builder.start().waitFor();
        return new Ended(status, Files.readString(err, StandardCharsets.UTF_8));
    }

    @Test
    void aCommandThatGoesWellSaysNothing() throws Exception {
        assertEquals(new Ended(0, ""), run("org.evonorm.cli.Main", "inspect", "--layer", "x"));
    }

    /** The sentence is there when the process has ended: no filter holds it back. */
    @Test
    void aCommandThatFailsSaysItsSentenceAlone() throws Exception {
        Ended ended = run("org.evonorm.cli.Main", "inspect", "--layer", "x +");
        assertEquals(
                1,
                ended.err().lines().filter(line -> line.startsWith("evonorm: ")).count(),
                ended.err());
        assertTrue(ended.status() != 0 && !ended.err().contains("incubator"), ended.err());
    }
}
