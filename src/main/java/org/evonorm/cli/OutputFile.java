package org.evonorm.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.LocalFileSystem;
import org.evonorm.data.Location;
import org.evonorm.text.Quotation;

/** The checks and failures of the file that {@code --output} names. */
final class OutputFile {

    private OutputFile() {}

    /**
     * Checks the path before any work is done.
     *
     * @throws IllegalArgumentException if it is blank, a folder, or in no folder that this user may write to
     */
    static Path require(Path file) {
        if (file.toString().isBlank()) {
            throw new IllegalArgumentException("--output names nothing; name a file");
        }
        if (Files.isDirectory(file)) {
            throw new IllegalArgumentException(file + " is a folder; name a file in it with --output");
        }
        obstacle(file).ifPresent(reason -> {
            throw new IllegalArgumentException(refusal(file, reason));
        });
        return file;
    }

    /** The reason why this user cannot write the file, if its folder is one. */
    private static Optional<String> obstacle(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        if (!Files.isDirectory(folder)) {
            return Optional.of("there is no folder " + folder + " to write to");
        }
        return Files.isWritable(Files.exists(file) ? file : folder)
                ? Optional.empty()
                : Optional.of("this user may not write there");
    }

    private static String refusal(Path file, String reason) {
        return file + " cannot be written: " + reason + "; name another file with --output";
    }

    /**
     * Checks a folder that is to be made or written to, before any work is done. Folders of other file systems than
     * this machine's are not checked.
     *
     * @param name option or setting that names the folder
     * @throws IllegalArgumentException if this user may not write there
     */
    static void requireWritableFolder(String name, String location, Configuration hadoop) throws IOException {
        org.apache.hadoop.fs.Path path = Location.path(location);
        if (!(path.getFileSystem(hadoop) instanceof LocalFileSystem files)) {
            return;
        }
        Path folder = files.pathToFile(path).toPath().toAbsolutePath();
        Path existing = folder;
        while (!Files.exists(existing) && existing.getParent() != null) {
            existing = existing.getParent();
        }
        if (!Files.isDirectory(existing) || !Files.isWritable(existing)) {
            throw new IllegalArgumentException(name + " = " + Quotation.shown(location) + " cannot be written: "
                    + (Files.isDirectory(existing) ? "this user may not write to " : "there is a file in its place, ")
                    + existing
                    + "; name another folder");
        }
    }

    /** The exception, with its reason, for a file that could not be written. */
    static IOException failure(Path file, IOException cause) {
        String reason =
                Files.isDirectory(file) ? "it is a folder" : obstacle(file).orElse(cause.getMessage());
        return new IOException(refusal(file, reason), cause);
    }
}
