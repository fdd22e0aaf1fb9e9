package org.evonorm.report;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;

/** A file that is replaced as a whole, so that a browser that reloads it finds the old or the new one and no half. */
final class ReplacedFile {

    private ReplacedFile() {}

    /**
     * Writes the file, in place of an existing one.
     *
     * @throws IOException if it cannot be written; an existing file then stays as it was
     */
    static void write(Path file, byte[] content) throws IOException {
        // A link keeps its place, and its target is replaced.
        Path target = Files.exists(file) ? file.toRealPath() : file;
        if (Files.exists(target) && !Files.isRegularFile(target)) {
            // A pipe or a device takes bytes, and cannot be replaced.
            Files.write(target, content);
            return;
        }
        Path whole = target.resolveSibling(".evonorm-" + UUID.randomUUID() + ".part");
        try {
            Files.write(whole, content);
            move(whole, target);
        } catch (AccessDeniedException e) {
            // A folder of others, in which this user may write to a file and make none.
            Files.write(target, content);
        } finally {
            Files.deleteIfExists(whole);
        }
    }

    private static void move(Path whole, Path target) throws IOException {
        try {
            Files.move(whole, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(whole, target, StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
