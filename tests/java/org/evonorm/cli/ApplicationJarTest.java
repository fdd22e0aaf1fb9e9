package org.evonorm.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import org.evonorm.search.LocalCluster;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The application jar on a stock Spark: it contains all classes that Spark lacks, and none that Spark has. */
@Tag("long")
class ApplicationJarTest {

    private static Set<String> entries(Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            return file.stream()
                    .map(entry -> entry.getName())
                    .filter(name -> !name.endsWith("/"))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    @Test
    void nothingIsThereTwice() throws IOException {
        Set<String> ours = entries(LocalCluster.applicationJar());
        ours.removeIf(name -> name.startsWith("META-INF/"));
        assertTrue(ours.contains("org/evonorm/cli/Main.class"));
        assertTrue(ours.contains("picocli/CommandLine.class"));
        List<String> twice = new ArrayList<>();
        try (var jars = Files.newDirectoryStream(LocalCluster.sparkHome().resolve("jars"), "*.jar")) {
            for (Path jar : jars) {
                entries(jar).stream()
                        .filter(ours::contains)
                        .forEach(name -> twice.add(jar.getFileName() + ": " + name));
            }
        }
        assertEquals(List.of(), twice);
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpu", "dl4j"})
    void itTrainsOnAStockClassPath(String engine) throws Exception {
        Path err = Files.createTempFile("err", "");
        List<String> command = new ArrayList<>(List.of(
                System.getProperty("java.home") + "/bin/java",
                "--add-modules=jdk.incubator.vector",
                "-cp",
                LocalCluster.sparkHome() + "/jars/*:" + LocalCluster.applicationJar(),
                "org.evonorm.cli.Main"));
        command.addAll(List.of(
                "train --layer EvoNorm-B0 --network mobilenetv2 --width 0.1 --depth 0.1 --data synthetic".split(" ")));
        command.addAll(List.of(("--steps 2 --batch 8 --validation 50 --engine " + engine).split(" ")));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(err.toFile());
        builder.environment().put("OMP_NUM_THREADS", "1");
        Process process = builder.start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), Files.readString(err));
        assertTrue(out.contains("accuracy"), out);
        Files.delete(err);
    }
}
