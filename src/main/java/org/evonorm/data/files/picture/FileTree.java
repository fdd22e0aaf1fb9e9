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
        add(system, path, files);
        files.sort(Comparator.comparing(file -> file.getPath().toString()));
        return files;
    }

    private static void add(FileSystem system, Path path, List<FileStatus> files) throws IOException {
        for (FileStatus entry : system.listStatus(path)) {
            if (isHidden(entry.getPath().getName())) {
                continue;
            }
            if (entry.isFile()) {
                files.add(entry);
            } else if (!leadsUp(system, entry.getPath())) {
                add(system, entry.getPath(), files);
            }
        }
    }

    /** Whether a folder is a link to one that it lies in, which would have the same files again and again. */
    private static boolean leadsUp(FileSystem system, Path folder) throws IOException {
        return system.getUri().getScheme().equals("file")
                && real(folder.getParent()).startsWith(real(folder));
    }

    private static java.nio.file.Path real(Path path) throws IOException {
        return java.nio.file.Path.of(path.toUri().getPath()).toRealPath();
    }

    /** Whether a file or folder is a by-product of other programs, by its name. */
    public static boolean isHidden(String name) {
        return name.startsWith(".") || name.startsWith("_");
    }
}
