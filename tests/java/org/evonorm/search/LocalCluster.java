package org.evonorm.search;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.spark.sql.SparkSession;

/** A Spark standalone cluster of separate JVMs on this machine, which submit/local-cluster starts and stops. */
public final class LocalCluster implements AutoCloseable {

    /** Processes of tests live for seconds, in which the second compiler gains nothing. */
    private static final String SHORT_LIVED = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC";

    private final Path folder;
    private final Path properties;

    /** The result of a script; standard error contains Spark's log as well. */
    public record Ended(int status, String out, String err) {}

    private LocalCluster(Path folder, Path properties) {
        this.folder = folder;
        this.properties = properties;
    }

    /** Starts workers with cores, memory (in Spark's notation) and GPUs each; the GPUs exist by name only. */
    public static LocalCluster start(Path folder, int workers, int cores, String memory, int gpus) {
        return start(folder, Map.of(), workers, cores, memory, gpus);
    }

    /** Starts workers that require a secret, and encrypt the data that they send and spill. */
    static LocalCluster startWithSecret(Path folder, String secret, int workers, int cores, String memory) {
        return start(folder, Map.of("EVONORM_SECRET", secret), workers, cores, memory, 0);
    }

    private static LocalCluster start(
            Path folder, Map<String, String> more, int workers, int cores, String memory, int gpus) {
        Map<String, String> environment = new HashMap<>(more);
        environment.put("EVONORM_CLUSTER", folder.toString());
        Ended started = run(environment, "submit/local-cluster", "start", "" + workers, "" + cores, memory, "" + gpus);
        if (started.status != 0) {
            throw new IllegalStateException(started.err);
        }
        return new LocalCluster(folder, Path.of(started.out.strip()));
    }

    /** A folder with the jars of a stock Spark. */
    public static Path sparkHome() {
        Ended home = run(Map.of(), "submit/local-cluster", "home");
        if (home.status != 0) {
            throw new IllegalStateException(home.err);
        }
        return Path.of(home.out.strip());
    }

    /** The application jar, made by mvn package. */
    public static Path applicationJar() {
        try (var jars = Files.newDirectoryStream(Path.of("target"), "evonorm-*-application.jar")) {
            var jar = jars.iterator();
            if (!jar.hasNext()) {
                throw new IllegalStateException(
                        "there is no application jar in target; run mvn package -DskipTests first");
            }
            return jar.next();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The settings of Spark with the address of the cluster. */
    public Properties settings() throws IOException {
        Properties settings = new Properties();
        try (var in = Files.newBufferedReader(properties)) {
            settings.load(in);
        }
        return settings;
    }

    /** A session of this JVM on the cluster, with the classes of project, tests and jar, and with further settings. */
    public SparkSession session(String... settings) throws IOException {
        SparkSession.getDefaultSession().foreach(running -> {
            running.stop();
            return null;
        });
        SparkSession.Builder builder = SparkSession.builder()
                .appName("tests")
                .config("spark.ui.enabled", false)
                .config("spark.driver.bindAddress", "127.0.0.1")
                .config("spark.log.level", "ERROR")
                .config("spark.default.parallelism", 4)
                .config("spark.executor.extraJavaOptions", SHORT_LIVED)
                .config(
                        "spark.executor.extraClassPath",
                        String.join(
                                ":",
                                home(Search.class),
                                home(KnownAccuracies.class),
                                applicationJar().toAbsolutePath().toString()));
        settings().forEach((key, value) -> builder.config((String) key, (String) value));
        for (int i = 0; i < settings.length; i += 2) {
            builder.config(settings[i], settings[i + 1]);
        }
        return builder.getOrCreate();
    }

    /** The location of the project's or the tests' classes. */
    private static String home(Class<?> type) {
        return type.getProtectionDomain().getCodeSource().getLocation().getPath();
    }

    /** The processes of the running executors, which are children of the workers. */
    public List<ProcessHandle> executors() {
        try (var files = Files.newDirectoryStream(folder, "worker-*.pid")) {
            List<ProcessHandle> executors = new ArrayList<>();
            for (Path file : files) {
                ProcessHandle.of(Long.parseLong(Files.readString(file).strip())).stream()
                        .flatMap(ProcessHandle::children)
                        .forEach(executors::add);
            }
            return executors;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Submits a command by submit/cluster, with Spark settings in addition to the cluster's. */
    public Ended submit(Map<String, String> more, String... command) throws IOException {
        List<String> lines = new ArrayList<>(Files.readAllLines(properties));
        more.forEach((key, value) -> lines.add(key + " " + value));
        Path submitted = Files.write(Files.createTempFile(folder, "submitted", ".properties"), lines);
        List<String> words = new ArrayList<>(List.of("submit/cluster", submitted.toString()));
        words.addAll(List.of(command));
        return run(
                Map.of("SPARK_HOME", sparkHome().toString(), "EVONORM_JAVA_OPTS", SHORT_LIVED),
                words.toArray(String[]::new));
    }

    /** The standard output of all drivers in the cluster. */
    public String driverOutput() throws IOException {
        StringBuilder all = new StringBuilder();
        try (var files = Files.walk(folder)) {
            for (Path file : files.filter(path -> path.endsWith("stdout")
                            && path.getParent().getFileName().toString().startsWith("driver-"))
                    .toList()) {
                all.append(Files.readString(file));
            }
        }
        return all.toString();
    }

    @Override
    public void close() {
        run(Map.of("EVONORM_CLUSTER", folder.toString()), "submit/local-cluster", "stop");
    }

    /** Runs a script to its end, with these variables in addition to the environment. */
    static Ended run(Map<String, String> environment, String... command) {
        try {
            Path out = Files.createTempFile("out", "");
            Path err = Files.createTempFile("err", "");
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
            builder.environment().putAll(environment);
            int status = builder.start().waitFor();
            Ended ended = new Ended(status, Files.readString(out), Files.readString(err));
            Files.delete(out);
            Files.delete(err);
            return ended;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
