package org.evonorm.search;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** YARN with two nodes and HDFS on this machine, which tests/yarn/cluster starts; containers are processes. */
final class YarnCluster implements AutoCloseable {

    private static final String READY = "HDFS ";

    private final Path folder;
    private final Process process;
    private final String hdfs;

    private YarnCluster(Path folder, Process process, String hdfs) {
        this.folder = folder;
        this.process = process;
        this.hdfs = hdfs;
    }

    /** Starts the nodes, which offer memory in MiB each. */
    static YarnCluster start(Path folder, int memory) throws IOException {
        Files.createDirectories(folder);
        Process process = new ProcessBuilder("tests/yarn/cluster", folder.toString(), Integer.toString(memory))
                .redirectError(folder.resolve("errors").toFile())
                .start();
        BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.contains(READY)) {
                return new YarnCluster(folder, process, line.substring(line.indexOf(READY) + READY.length()));
            }
        }
        throw new IllegalStateException("YARN did not start: " + Files.readString(folder.resolve("errors")));
    }

    /** The URI of a path in HDFS. */
    String hdfs(String path) {
        return hdfs + "/" + path;
    }

    /**
     * Submits a command by submit/cluster and submit/yarn.properties, with two executors as small as tests need.
     *
     * @param more settings in place of the file's
     */
    LocalCluster.Ended submit(Map<String, String> more, String... command) throws IOException {
        Path spark = LocalCluster.sparkHome();
        Map<String, String> settings = new LinkedHashMap<>(Map.of(
                "spark.executor.instances", "2",
                "spark.executor.cores", "1",
                "spark.executor.memory", "600m",
                "spark.executor.memoryOverhead", "800m",
                "spark.driver.memory", "800m",
                "spark.driver.memoryOverhead", "800m",
                "spark.default.parallelism", "4",
                // The nodes are on this machine, and Spark's jars need no way through HDFS. The application jar takes
                // it.
                "spark.yarn.jars", "local:" + spark + "/jars/*"));
        settings.putAll(more);
        List<String> lines = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of("submit/yarn.properties"))) {
            if (!settings.containsKey(line.split(" ", 2)[0]) && !line.startsWith("spark.files")) {
                lines.add(line);
            }
        }
        settings.forEach((key, value) -> lines.add(key + " " + value));
        Path properties = Files.write(Files.createTempFile(folder, "submitted", ".properties"), lines);
        List<String> words = new ArrayList<>(List.of("submit/cluster", properties.toString()));
        words.addAll(List.of(command));
        return LocalCluster.run(
                Map.of(
                        "SPARK_HOME",
                        spark.toString(),
                        "HADOOP_CONF_DIR",
                        folder.resolve("conf").toString()),
                words.toArray(String[]::new));
    }

    /** The processes of the running executors. */
    List<ProcessHandle> executors() {
        return process.descendants()
                .filter(child -> child.info()
                        .commandLine()
                        .filter(line -> line.contains("YarnCoarseGrainedExecutorBackend") && !line.contains("bash"))
                        .isPresent())
                .toList();
    }

    /** The logs of all containers, by which a failure is understood. */
    String logs() throws IOException {
        StringBuilder all = new StringBuilder();
        try (var files = Files.walk(folder)) {
            for (Path file : files.filter(path -> path.endsWith("stdout") || path.endsWith("stderr"))
                    .toList()) {
                all.append(file).append('\n').append(Files.readString(file));
            }
        }
        return all.toString();
    }

    @Override
    public void close() {
        try {
            process.getOutputStream().close();
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
