package org.evonorm.data.files.picture;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The files in a folder and the folders below. {@link FileSystem#listFiles} starts a process per local file, to learn
 * its permissions, and takes milliseconds for each.
 */
public final class FileTree {

    private FileTree() {}

    /** All files but hidden ones, in the order of their paths; for a file, the file itself. */
    public static List<FileStatus> files(FileSystem system, Path path) throws IOException {
        List<FileStatus> files = new ArrayList<>();
        add(system, path, isLocal(system) ? List.of(real(path)) : List.of(), files);
        files.sort(Comparator.comparing(file -> file.getPath().toString()));
        return files;
    }

    /** Adds the files below a folder; {@code way} has the real folders from the first one to this one. */
    private static void add(FileSystem system, Path path, List<java.nio.file.Path> way, List<FileStatus> files)
            throws IOException {
        for (FileStatus entry : system.listStatus(path)) {
            if (isHidden(entry.getPath().getName())) {
                continue;
            }
            if (entry.isFile()) {
                files.add(entry);
                continue;
            }
            List<java.nio.file.Path> further = new ArrayList<>(way);
            if (isLocal(system)) {
                java.nio.file.Path folder = real(entry.getPath());
                // A link to a folder on the way, or above it, would have the same files again and again.
                if (way.stream().anyMatch(passed -> passed.startsWith(folder))) {
                    continue;
                }
                further.add(folder);
            }
            add(system, entry.getPath(), further, files);
        }
    }

    private static boolean isLocal(FileSystem system) {
        return system.getUri().getScheme().equals("file");
    }

    private static java.nio.file.Path real(Path path) throws IOException {
        return java.nio.file.Path.of(path.toUri().getPath()).toRealPath();
    }

    /** Whether a file or folder is a by-product of other programs, by its name. */
    public static boolean isHidden(String name) {
        return name.startsWith(".") || name.startsWith("_");
    }
}
