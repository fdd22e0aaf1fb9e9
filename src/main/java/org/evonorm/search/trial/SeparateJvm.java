package org.evonorm.search.trial;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;

/**
 * The second attempt at a trial, after the first one ended its process, its memory or its time: in a JVM of its own,
 * with the flags and class path of this one, which such a candidate may ruin without anybody else's loss.
 */
final class SeparateJvm {

    /** Time to start the JVM and hand over the images, which does not count as the trial's. */
    private static final Duration START = Duration.ofSeconds(60);

    private SeparateJvm() {}

    /** What came of the trial; broken where the JVM did not live to say. */
    static <T> TrialResult<T> run(Trial<T> trial, CandidateEvaluator evaluator, Duration most) {
        long start = System.nanoTime();
        try {
            Path result = Files.createTempFile("evonorm-trial", ".json");
            Process jvm = command(result).start();
            try {
                hand(jvm, trial, evaluator.detached());
                boolean ended = jvm.waitFor(most.plus(START).toMillis(), TimeUnit.MILLISECONDS);
                double seconds = (System.nanoTime() - start) * 1e-9;
                if (!ended) {
                    return new TrialResult.Failed<>("took longer than " + most.toSeconds() + " s, twice", seconds);
                }
                return TrialResultJson.read(Files.readString(result), trial.type())
                        .orElseGet(() -> new TrialResult.Failed<>(
                                "ended its JVM with status " + jvm.exitValue()
                                        + ", after a first attempt that failed too",
                                seconds));
            } finally {
                jvm.destroyForcibly();
                Files.deleteIfExists(result);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted");
        } catch (IOException e) {
            throw new UncheckedIOException("a JVM for a second attempt at a layer cannot be started", e);
        }
    }

    private static ProcessBuilder command(Path result) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(flag -> flag.startsWith("--add-") || flag.startsWith("-X") || flag.startsWith("-Dorg.bytedeco"))
                .forEach(command::add);
        command.addAll(List.of(SeparateJvm.class.getName(), result.toString()));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("CLASSPATH", classPath());
        return builder;
    }

    /** Spark gives executors the application's files by a class loader, not by the JVM's class path. */
    private static String classPath() {
        Set<String> path = new LinkedHashSet<>();
        for (ClassLoader loader = Thread.currentThread().getContextClassLoader();
                loader != null;
                loader = loader.getParent()) {
            if (loader instanceof URLClassLoader urls) {
                for (URL url : urls.getURLs()) {
                    path.add(url.getPath());
                }
            }
        }
        path.add(System.getProperty("java.class.path"));
        return String.join(File.pathSeparator, path);
    }

    /** A JVM that dies while it is handed the trial breaks the pipe, and its status tells. */
    private static void hand(Process jvm, Trial<?> trial, CandidateEvaluator evaluator) {
        try {
            ObjectOutputStream out = new ObjectOutputStream(jvm.getOutputStream());
            out.writeObject(trial);
            out.writeObject(evaluator);
            // Stays open: its end tells the JVM that nobody waits for it any more.
            out.flush();
        } catch (IOException e) {
            return;
        }
    }

    /** The JVM's side: takes a trial from the process that started it, and writes what came of it to a file. */
    public static void main(String[] arguments) throws IOException, ClassNotFoundException {
        InputStream in = System.in;
        ObjectInputStream objects = new ObjectInputStream(in);
        Trial<?> trial = (Trial<?>) objects.readObject();
        CandidateEvaluator evaluator = (CandidateEvaluator) objects.readObject();
        Thread parent = new Thread(() -> haltAtEnd(in), "parent");
        parent.setDaemon(true);
        parent.start();
        Files.writeString(Path.of(arguments[0]), json(trial, evaluator));
        System.exit(0);
    }

    private static <T> String json(Trial<T> trial, CandidateEvaluator evaluator) {
        TrialResult<T> attempt;
        try {
            attempt = TrialResult.of(() -> trial.work().by(evaluator));
        } catch (OutOfMemoryError e) {
            attempt = new TrialResult.Failed<>("needs more memory than there is (" + e.getMessage() + ")", 0);
        }
        return TrialResultJson.write(attempt, trial.type());
    }

    private static void haltAtEnd(InputStream in) {
        try (PrintStream nowhere = new PrintStream(PrintStream.nullOutputStream())) {
            in.transferTo(nowhere);
        } catch (IOException e) {
            Runtime.getRuntime().halt(1);
        }
        Runtime.getRuntime().halt(1);
    }
}
