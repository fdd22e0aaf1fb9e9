package org.evonorm.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A command that runs in a process group of its own.
 *
 * @param process the JVM of the command, which leads the group
 * @param output  the folder with what it wrote: {@code out}, {@code err}, {@code events}, {@code tmp}
 */
record StartedCommand(Process process, Path output) {

    /** A generous time for a command on a crowded machine; a command that takes longer hangs. */
    private static final long MOST_SECONDS = 300;

    /**
     * Waits for the end.
     *
     * @return the exit status, as shells have it: 128 and the signal's number for a process that a signal ended
     * @throws AssertionError if the command hangs; it is killed then
     */
    int waitFor() throws InterruptedException, IOException {
        if (!process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)) {
            signal("KILL", true);
            throw new AssertionError("the command did not end; it had said " + err());
        }
        return process.exitValue();
    }

    /** Sends a signal to the process, or to its whole group as a terminal does. */
    void signal(String name, boolean group) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, "--", (group ? "-" : "") + process.pid())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    /** The command's standard output. */
    String out() throws IOException {
        return Files.readString(output.resolve("out"));
    }

    /** The command's standard error without the line that every JVM with the Vector API writes. */
    List<String> err() throws IOException {
        return Files.readAllLines(output.resolve("err")).stream()
                .filter(line -> !line.startsWith("WARNING: Using incubator modules"))
                .filter(line -> !line.isBlank())
                .toList();
    }

    /** Number of trainings that ended in this process. */
    int trained() throws IOException {
        return (int) events().stream().filter(FinishedTrainings.TRAINED::equals).count();
    }

    /** The label of the last stage that began; empty before the first. */
    String stage() throws IOException {
        return events().stream()
                .filter(line -> line.startsWith(FinishedTrainings.STAGE))
                .reduce("", (first, second) -> second)
                .replace(FinishedTrainings.STAGE, "");
    }

    private List<String> events() throws IOException {
        try {
            return Files.readAllLines(output.resolve("events"));
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    /** Whether a process of the group is still there, by Linux' list of processes. */
    boolean isGroupAlive() throws IOException {
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            return processes.anyMatch(this::isInGroup);
        }
    }

    private boolean isInGroup(Path entry) {
        if (!entry.getFileName().toString().matches("\\d+")) {
            return false;
        }
        try {
            String stat = Files.readString(entry.resolve("stat"));
            // After the name in parentheses: state, parent, group. A zombie has ended.
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return !fields[0].equals("Z") && fields[2].equals(Long.toString(process.pid()));
        } catch (IOException e) {
            return false;
        }
    }
}
