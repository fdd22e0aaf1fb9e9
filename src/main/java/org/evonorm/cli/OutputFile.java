package org.evonorm.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The checks and failures of the file that {@code --output} names. */
final class OutputFile {

    private OutputFile() {}

    /**
     * Checks the path before any work is done.
     *
     * @throws IllegalArgumentException if it is blank or a folder
     */
    static Path require(Path file) {
        if (file.toString().isBlank()) {
            throw new IllegalArgumentException("--output names nothing; name a file");
        }
        if (Files.isDirectory(file)) {
            throw new IllegalArgumentException(file + " is a folder; name a file in it with --output");
        }
        return file;
    }

    /** The exception, with its reason, for a file that could not be written. */
    static IOException failure(Path file, IOException cause) {
        Path folder = file.toAbsolutePath().getParent();
        String reason = Files.isDirectory(file)
                ? "it is a folder"
                : !Files.isDirectory(folder)
                        ? "there is no folder " + folder + " to write to"
                        : !Files.isWritable(folder) ? "this user may not write there" : cause.getMessage();
        return new IOException(file + " cannot be written: " + reason + "; name another file with --output", cause);
    }
}
