package org.evonorm.faults;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The files of a run's folder as a whole, without the logs, of which every start writes one. */
final class RunFiles {

    private static final String TOKEN = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";

    private RunFiles() {}

    /** Every file with size and time: a file that was written anew has another time. */
    static Map<String, String> state(Path run) throws IOException {
        Map<String, String> state = new TreeMap<>();
        try (Stream<Path> files = Files.walk(run)) {
            for (Path file : files.filter(Files::isRegularFile)
                    .filter(file -> !isLog(run, file))
                    .toList()) {
                state.put(run.relativize(file).toString(), Files.size(file) + " " + Files.getLastModifiedTime(file));
            }
        }
        return state;
    }

    /**
     * The state of what counts in a complete run: no fence of a start that gets its turn now, no entry of an old
     * journal.
     */
    static Map<String, String> lasting(Path run) throws IOException {
        Map<String, String> files = state(run);
        files.keySet().removeIf(name -> name.startsWith(".fences/") || name.startsWith("journal/"));
        return files;
    }

    private static boolean isLog(Path run, Path file) {
        return run.relativize(file).startsWith("logs");
    }

    /** The files and folders, with one word for all tokens, and without Hadoop's hidden checksums. */
    static Set<String> names(Path run) throws IOException {
        try (Stream<Path> files = Files.walk(run)) {
            return files.filter(file -> !isLog(run, file))
                    .map(file -> run.relativize(file).toString().replaceAll(TOKEN, "TOKEN"))
                    .filter(name -> !name.endsWith(".crc"))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    /** Makes all heartbeats as old as those of a process that has slept for longer than its lease lasts. */
    static void makeHeartbeatsOld(Path run) throws IOException {
        if (!Files.isDirectory(run.resolve(".fences"))) {
            return;
        }
        try (Stream<Path> hearts = Files.walk(run.resolve(".fences"))) {
            for (Path heart : hearts.toList()) {
                Files.setLastModifiedTime(heart, FileTime.from(Instant.now().minusSeconds(90)));
            }
        }
    }

    /** Copies a folder with the times of its files. */
    static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target, StandardCopyOption.COPY_ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
                }
            }
        }
    }

    /** Deletes a folder with all that is in it, if it exists. */
    static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, IOException failure) throws IOException {
                Files.delete(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
