package org.evonorm.data.files;

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
final class FileTree {

    /** Deepest nesting of folders; ends the walk along links that lead back. */
    private static final int DEEPEST = 20;

    private FileTree() {}

    /** All files but hidden ones, in the order of their paths; for a file, the file itself. */
    static List<FileStatus> files(FileSystem system, Path path) throws IOException {
        List<FileStatus> files = new ArrayList<>();
        add(system, path, DEEPEST, files);
        files.sort(Comparator.comparing(file -> file.getPath().toString()));
        return files;
    }

    private static void add(FileSystem system, Path path, int depth, List<FileStatus> files) throws IOException {
        for (FileStatus entry : system.listStatus(path)) {
            if (isHidden(entry.getPath().getName())) {
                continue;
            }
            if (entry.isFile()) {
                files.add(entry);
            } else if (depth > 0) {
                add(system, entry.getPath(), depth - 1, files);
            }
        }
    }

    /** Whether a file or folder is a by-product of other programs, by its name. */
    static boolean isHidden(String name) {
        return name.startsWith(".") || name.startsWith("_");
    }
}
