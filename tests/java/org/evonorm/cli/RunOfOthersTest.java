package org.evonorm.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A run folder may come from elsewhere: no command lets its run.conf read a file or fetch an address. */
class RunOfOthersTest {

    @TempDir
    private Path temporary;

    static Stream<List<String>> commandsAndIncludes() {
        List<List<String>> all = new ArrayList<>();
        for (String include :
                List.of("file(\"SECRET\")", "\"SECRET\"", "url(\"http://127.0.0.1:9/x\")", "classpath(\"x\")")) {
            all.add(List.of(include, "report", "RUN"));
            all.add(List.of(include, "export", "--run", "RUN", "--candidate", "ab", "--format", "json"));
            all.add(List.of(include, "rerank", "--run", "RUN"));
            all.add(List.of(
                    include,
                    "search",
                    "--run",
                    "RUN",
                    "--set",
                    "data.training-images=100",
                    "--set",
                    "data.validation-images=20",
                    "--set",
                    "data.test-images=10",
                    "--set",
                    "training.batch-size=10"));
        }
        return all.stream();
    }

    @ParameterizedTest
    @MethodSource("commandsAndIncludes")
    void includesInARunConfAreRefused(List<String> includeAndCommand) throws IOException {
        Path secret = Files.writeString(temporary.resolve("secret.conf"), "search.seed = 4711147111747");
        Path run = Files.createDirectory(temporary.resolve("run"));
        String include = includeAndCommand.get(0).replace("SECRET", secret.toString());
        Files.writeString(run.resolve("run.conf"), "search.generations = 1\ninclude " + include + "\n");
        String[] arguments = includeAndCommand.stream()
                .skip(1)
                .map(word -> word.equals("RUN") ? run.toString() : word)
                .toArray(String[]::new);
        CommandLineRun answer = CommandLineRun.of(arguments);
        assertEquals(1, answer.status(), answer.err());
        assertTrue(answer.err().contains("run.conf is damaged"), answer.err());
        assertTrue(answer.err().contains("nothing may be included here"), answer.err());
        assertFalse((answer.out() + answer.err()).contains("4711147111747"), answer.err());
    }
}
