package org.evonorm.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.evonorm.cli.Main;

/**
 * Starter of commands in JVMs of their own, each in a process group of its own, as a terminal starts them. Class
 * folders become jars and classes are shared between the JVMs (AppCDS), because a hundred trials start several hundred
 * JVMs.
 */
final class CommandJvm {

    private final Path folder;
    private final List<String> classPath;
    private final Path archive;

    /** A starter that keeps its files in a folder. */
    CommandJvm(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
        this.archive = folder.resolve("classes.jsa");
        this.classPath = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(":")) {
            Path path = Path.of(entry);
            if (Files.isDirectory(path)) {
                Path jar = folder.resolve("classes-" + classPath.size() + ".jar");
                pack(path, jar);
                classPath.add(jar.toString());
            } else if (Files.exists(path)) {
                classPath.add(entry);
            }
        }
    }

    private static void pack(Path classes, Path jar) throws IOException {
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
                Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                out.putNextEntry(new JarEntry(classes.relativize(file).toString()));
                Files.copy(file, out);
            }
        }
    }

    /** Runs a command to its end once, and keeps the classes that it loaded for all later JVMs. */
    void shareClassesOf(List<String> command) throws IOException, InterruptedException {
        StartedCommand first =
                start(folder.resolve("sharing"), List.of("-XX:ArchiveClassesAtExit=" + archive), command);
        first.waitFor();
    }

    /** Starts a command; a folder, which must not exist yet, takes what it writes and its temporary files. */
    StartedCommand start(Path output, List<String> command) throws IOException {
        return start(
                output,
                Files.exists(archive) ? List.of("-XX:SharedArchiveFile=" + archive, "-Xshare:auto") : List.of(),
                command);
    }

    private StartedCommand start(Path output, List<String> flags, List<String> command) throws IOException {
        Path temporary = Files.createDirectories(output.resolve("tmp"));
        Path events = output.resolve("events");
        List<String> words = new ArrayList<>(List.of(
                // A build in the background ignores SIGINT, and so would all its children.
                "env",
                "--default-signal=INT,TERM,HUP",
                "setsid",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@submit/jvm.flags",
                "-Xmx1g",
                "-Xlog:disable",
                "-Xlog:all=error:stderr",
                "-Dspark.extraListeners=" + FinishedTrainings.class.getName(),
                "-D" + FinishedTrainings.FILE + "=" + events,
                "-Djava.io.tmpdir=" + temporary));
        words.addAll(DisturbedSearch.SHORT_LIVED);
        words.addAll(flags);
        words.addAll(List.of("-cp", String.join(":", classPath), Main.class.getName()));
        words.addAll(command);
        Path out = output.resolve("out");
        Path err = output.resolve("err");
        ProcessBuilder builder =
                new ProcessBuilder(words).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().put("OMP_NUM_THREADS", "1");
        return new StartedCommand(builder.start(), output);
    }
}
