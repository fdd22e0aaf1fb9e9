package org.evonorm.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A moment in the life of a command: some milliseconds after something has happened.
 *
 * @param trigger what happens first
 * @param millis  time from there
 */
record Moment(Trigger trigger, long millis) {

    /** What a moment counts from. */
    sealed interface Trigger {

        /** Waits until it happens; returns whether the process lived until then. */
        boolean await(Process process, Path run) throws IOException, InterruptedException;
    }

    /** The start of the process. */
    record Start() implements Trigger {

        @Override
        public boolean await(Process process, Path run) {
            return true;
        }
    }

    /**
     * A new file whose path in a part of the run's folder matches a pattern; most windows of a commit are this small.
     */
    record NewFile(String part, String pattern) implements Trigger {

        @Override
        public boolean await(Process process, Path run) throws IOException, InterruptedException {
            Set<Path> known = new HashSet<>(matches(run));
            do {
                if (!known.containsAll(matches(run))) {
                    return true;
                }
            } while (!process.waitFor(1, TimeUnit.MILLISECONDS));
            return false;
        }

        private List<Path> matches(Path run) throws IOException {
            Path root = run.resolve(part).normalize();
            Pattern path = Pattern.compile(pattern);
            try (Stream<Path> files = Files.walk(root, part.equals(".") ? 1 : Integer.MAX_VALUE)) {
                return files.filter(file -> !file.equals(root))
                        .filter(file ->
                                path.matcher(run.relativize(file).toString()).matches())
                        .toList();
            } catch (NoSuchFileException | NotDirectoryException | UncheckedIOException e) {
                // Files come and go while they are listed.
                return List.of();
            }
        }
    }

    /** The start of a JVM for a second attempt. */
    record SecondJvm() implements Trigger {

        /**
         * Whether a process has such a JVM among its children, which are other programs too, and for a moment copies of
         * it.
         */
        static boolean runs(Process process) {
            return process.descendants()
                    .anyMatch(child -> child.info().commandLine().orElse("").contains("SeparateJvm"));
        }

        @Override
        public boolean await(Process process, Path run) throws InterruptedException {
            while (!runs(process)) {
                if (process.waitFor(5, TimeUnit.MILLISECONDS)) {
                    return false;
                }
            }
            return true;
        }
    }

    private static final List<Trigger> OF_ALL = List.of(
            new NewFile(".fences", ".*"), new NewFile(".", "\\.lease"), new NewFile(".attempts", ".*\\.parquet"));

    private static final List<Trigger> OF_SEARCH = List.of(
            new NewFile(".", "run\\.conf"),
            new NewFile("journal", ".*/stability-.*\\.begun"),
            new NewFile("journal", ".*/stability-.*\\.json"),
            new NewFile("journal", ".*/quality-.*\\.begun"),
            new NewFile("journal", ".*/quality-.*\\.json"),
            new NewFile("journal", ".*/train-.*\\.begun"),
            new NewFile("journal", ".*/train-.*\\.json"),
            new NewFile("journal", ".*\\.tmp"),
            new NewFile(".attempts", ".*candidates.*"),
            new NewFile(".attempts", ".*selection.*\\.parquet"),
            new NewFile("candidates", ".*\\.parquet"),
            new NewFile("selection", ".*\\.parquet"),
            new NewFile(".fences", ".*\\.json"),
            new NewFile("commits", ".*generation=0\\.json"),
            new NewFile("commits", ".*generation=1\\.json"),
            new NewFile("commits", ".*generation=2\\.json"));

    private static final List<Trigger> OF_RERANK = List.of(
            new NewFile(".attempts", ".*rerank.*"),
            new NewFile("rerank", ".*batch-00001.*"),
            new NewFile("rerank", ".*batch-00002.*"),
            new NewFile(".fences", ".*/rerank.*"),
            new NewFile("commits", ".*rerank=1\\.json"),
            new NewFile("commits", ".*rerank=3\\.json"),
            new NewFile("commits", ".*rerank=4\\.json"),
            new NewFile("journal", ".*\\.tmp"),
            new NewFile("journal", ".*\\.json"));

    /**
     * A random moment: spread over a command's usual time, or right after or soon after a change of the run's folder.
     */
    static Moment any(Random random, boolean ofSearch, long usualMillis) {
        if (random.nextInt(5) < 2) {
            return new Moment(new Start(), random.nextLong(usualMillis));
        }
        List<Trigger> triggers = Stream.concat(OF_ALL.stream(), (ofSearch ? OF_SEARCH : OF_RERANK).stream())
                .toList();
        return soonAfter(random, triggers.get(random.nextInt(triggers.size())));
    }

    static Moment soonAfter(Random random, Trigger trigger) {
        return new Moment(trigger, random.nextBoolean() ? 0 : random.nextInt(400));
    }

    /** Waits for the moment; returns whether the process lived until then. */
    boolean await(StartedCommand command, Path run) throws IOException, InterruptedException {
        return trigger.await(command.process(), run) && !command.process().waitFor(millis, TimeUnit.MILLISECONDS);
    }
}
