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
 * The second attempt at a trial, in a JVM of its own. The first attempt ended its process, or ran out of memory or
 * time; here such a candidate harms no other. The JVM has the flags and the class path of this one.
 */
final class SeparateJvm {

    /** Time to start the JVM and to send the images, on top of the trial's time. */
    private static final Duration START = Duration.ofSeconds(60);

    /**
     * The start of a command that ignores a terminal's Ctrl-C and the end of a session: the signals go to the whole process
     * group, and the JVM ends with its parent anyway. A JVM keeps signals ignored that it is started with.
     */
    private static final List<String> IGNORING_SIGNALS = Files.isExecutable(Path.of("/bin/sh"))
            ? List.of("/bin/sh", "-c", "trap '' HUP INT TERM; exec \"$0\" \"$@\"")
            : List.of();

    /** Exit statuses of a process that HUP, INT or TERM ended. */
    private static final Set<Integer> ENDED_BY_SIGNAL = Set.of(129, 130, 143);

    private SeparateJvm() {}

    /**
     * Runs the trial in a JVM of its own.
     *
     * @param most time that the trial may take
     * @return the trial's result; {@code Failed} if the JVM died or took too long
     * @throws CancellationException if this thread is interrupted, whose interrupt flag stays set, or the JVM was told to end
     * @throws UncheckedIOException if the JVM cannot be started
     */
    static <T> TrialResult<T> run(Trial<T> trial, CandidateEvaluator evaluator, Duration most) {
        long start = System.nanoTime();
        try {
            Path result = Files.createTempFile("evonorm-trial", ".json");
            Process jvm = command(result).start();
            try {
                send(jvm, trial, evaluator.detached());
                boolean ended = jvm.waitFor(most.plus(START).toMillis(), TimeUnit.MILLISECONDS);
                double seconds = (System.nanoTime() - start) * 1e-9;
                if (!ended) {
                    return new TrialResult.Failed<>("took longer than " + most.toSeconds() + " s, twice", seconds);
                }
                if (ENDED_BY_SIGNAL.contains(jvm.exitValue())) {
                    throw new CancellationException("the JVM of a second attempt was told to end");
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
        List<String> command = new ArrayList<>(IGNORING_SIGNALS);
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

    /** Sends the trial. A JVM that dies meanwhile breaks the pipe; its exit status then explains the failure. */
    private static void send(Process jvm, Trial<?> trial, CandidateEvaluator evaluator) {
        try {
            ObjectOutputStream out = new ObjectOutputStream(jvm.getOutputStream());
            out.writeObject(trial);
            out.writeObject(evaluator);
            // The stream stays open: its end would tell the JVM that its parent is gone.
            out.flush();
        } catch (IOException e) {
            return;
        }
    }

    /**
     * Entry point of the JVM: reads a trial from its parent, and writes the result to the file {@code arguments[0]}.
     */
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

    /** Ends the JVM at the end of the stream, that is, when its parent is gone. */
    private static void haltAtEnd(InputStream in) {
        try (PrintStream nowhere = new PrintStream(PrintStream.nullOutputStream())) {
            in.transferTo(nowhere);
        } catch (IOException e) {
            Runtime.getRuntime().halt(1);
        }
        Runtime.getRuntime().halt(1);
    }
}
