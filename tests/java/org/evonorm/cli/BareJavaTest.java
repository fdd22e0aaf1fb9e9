package org.evonorm.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Commands in a JVM started by hand, without a flag that submit/evonorm gives, or with too little memory. */
class BareJavaTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "-Da=b; check --layer x; jdk/incubator/vector/",
                "-Da=b; bench --batch 2 --layer x; --add-modules jdk.incubator.vector",
                "-Da=b; search --run RUN; sun.nio.ch",
                "-Xmx64m; bench --network resnet50 --width 0.05 --depth 0.1 --batch 128 --size 240; EVONORM_JAVA_OPTS=-Xmx",
            })
    void whatJavaLacksIsSaidInASentence(String flag, String arguments, String culprit) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                flag,
                "-cp",
                System.getProperty("java.class.path")));
        if (flag.startsWith("-Xmx")) {
            command.add("--add-modules=jdk.incubator.vector");
        }
        command.add("org.evonorm.cli.Main");
        command.addAll(List.of(
                arguments.replace("RUN", folder.resolve("run").toString()).split(" ")));
        Path err = folder.resolve("err");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectError(err.toFile()).redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("OMP_NUM_THREADS", "1");
        assertEquals(1, builder.start().waitFor());
        String said = Files.readString(err);
        List<String> sentences =
                said.lines().filter(line -> line.startsWith("evonorm: ")).toList();
        assertEquals(1, sentences.size(), said);
        assertTrue(sentences.get(0).contains(culprit), said);
        assertTrue(!said.contains("\tat ") && Files.notExists(folder.resolve("run")), said);
    }
}
