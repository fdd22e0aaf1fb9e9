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
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import org.evonorm.store.StoreException;
import org.evonorm.training.StepCount;

/**
 * The second attempt at a trial, in a JVM of its own. The first attempt ended its process, or ran out of memory or
 * time; here such a candidate harms no other. The JVM has the flags and the class path of this one.
 */
final class SeparateJvm {

    /** Time to start the JVM and to send the images, on top of the trial's time. */
    private static final Duration START = Duration.ofSeconds(60);

    /** Time between two looks at the steps that the JVM has done. */
    private static final Duration STEPS_EVERY = Duration.ofSeconds(1);

    /**
     * The start of a command that ignores a terminal's Ctrl-C and the end of a session: the signals go to the whole
     * process group, and the JVM ends with its parent anyway. A JVM keeps signals ignored that it is started with.
     */
    private static final List<String> IGNORING_SIGNALS = Files.isExecutable(Path.of("/bin/sh"))
            ? List.of("/bin/sh", "-c", "trap '' HUP INT TERM; exec \"$0\" \"$@\"")
            : List.of();

    /** Exit statuses of a process that HUP, INT or TERM ended. */
    private static final Set<Integer> ENDED_BY_SIGNAL = Set.of(129, 130, 143);

    /** Exit status of a JVM that could not use a file of the run, and wrote the message in place of the result. */
    private static final int FILES_UNUSABLE = 74;

    private SeparateJvm() {}

    /**
     * Runs the trial in a JVM of its own.
     *
     * @param most time that the trial may take
     * @param stepsBefore steps of this thread's work before the trial
     * @return the trial's result; {@code Failed} if the JVM died or took too long
     * @throws CancellationException if this thread is interrupted, whose interrupt flag stays set, or the JVM was told
     *     to end
     * @throws UncheckedIOException if the JVM cannot be started
     * @throws StoreException if the JVM could not use a file of the run
     */
    static <T> TrialResult<T> run(Trial<T> trial, CandidateEvaluator evaluator, Duration most, long stepsBefore) {
        long start = System.nanoTime();
        try {
            Path result = Files.createTempFile("evonorm-trial", ".json");
            Path steps = Files.createTempFile("evonorm-trial", ".steps");
            Process jvm = command(result, steps).start();
            try {
                send(jvm, trial, evaluator.detached());
                boolean ended = follow(jvm, steps, most.plus(START), stepsBefore);
                double seconds = (System.nanoTime() - start) * 1e-9;
                if (!ended) {
                    return new TrialResult.Failed<>("took longer than " + most.toSeconds() + " s, twice", seconds);
                }
                if (ENDED_BY_SIGNAL.contains(jvm.exitValue())) {
                    throw new CancellationException("the JVM of a second attempt was told to end");
                }
                if (jvm.exitValue() == FILES_UNUSABLE) {
                    throw new StoreException(Files.readString(result));
                }
                return TrialResultJson.read(Files.readString(result), trial.type())
                        .orElseGet(() -> new TrialResult.Failed<>(
                                "ended its JVM with status " + jvm.exitValue()
                                        + ", after a first attempt that failed too",
                                seconds));
            } finally {
                jvm.destroyForcibly();
                Files.deleteIfExists(result);
                Files.deleteIfExists(steps);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted");
        } catch (IOException e) {
            throw new UncheckedIOException("a JVM for a second attempt at a layer cannot be started", e);
        }
    }

    /**
     * Waits for the end of the JVM, and counts the steps that it tells of as steps of this thread.
     *
     * @return whether it ended in time
     */
    private static boolean follow(Process jvm, Path steps, Duration most, long stepsBefore)
            throws InterruptedException {
        StepCount count = StepCount.ofThisThread();
        count.set(stepsBefore);
        long start = System.nanoTime();
        long left = most.toNanos();
        while (left > 0) {
            if (jvm.waitFor(Math.min(left, STEPS_EVERY.toNanos()), TimeUnit.NANOSECONDS)) {
                return true;
            }
            read(steps).ifPresent(done -> count.set(stepsBefore + done));
            left = most.toNanos() - (System.nanoTime() - start);
        }
        return false;
    }

    /** The steps in the file; empty while the other JVM is writing. */
    private static OptionalLong read(Path steps) {
        try {
            return OptionalLong.of(Long.parseLong(Files.readString(steps)));
        } catch (IOException | NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    private static ProcessBuilder command(Path result, Path steps) {
        List<String> command = new ArrayList<>(IGNORING_SIGNALS);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(flag -> flag.startsWith("--add-") || flag.startsWith("-X") || flag.startsWith("-Dorg.bytedeco"))
                .forEach(command::add);
        command.addAll(List.of(SeparateJvm.class.getName(), result.toString(), steps.toString()));
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
     * Entry point of the JVM: reads a trial from its parent, and writes the result to the file {@code arguments[0]},
     * and the steps so far to {@code arguments[1]}.
     */
    public static void main(String[] arguments) throws IOException, ClassNotFoundException {
        InputStream in = System.in;
        ObjectInputStream objects = new ObjectInputStream(in);
        Trial<?> trial = (Trial<?>) objects.readObject();
        CandidateEvaluator evaluator = (CandidateEvaluator) objects.readObject();
        Thread parent = new Thread(() -> haltAtEnd(in), "parent");
        parent.setDaemon(true);
        parent.start();
        StepCount count = StepCount.ofThisThread();
        Thread steps = new Thread(() -> tell(count, Path.of(arguments[1])), "steps");
        steps.setDaemon(true);
        steps.start();
        int status = 0;
        String text;
        try {
            text = json(trial, evaluator);
        } catch (StoreException e) {
            text = e.getMessage();
            status = FILES_UNUSABLE;
        }
        Files.writeString(Path.of(arguments[0]), text);
        System.exit(status);
    }

    /** Writes the number of steps again and again, until the JVM ends. */
    private static void tell(StepCount count, Path file) {
        try {
            while (true) {
                Thread.sleep(STEPS_EVERY.toMillis());
                Files.writeString(file, Long.toString(count.steps()));
            }
        } catch (IOException | InterruptedException e) {
            // Only the display stands still.
            return;
        }
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
