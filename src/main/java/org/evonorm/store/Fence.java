package org.evonorm.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardCopyOption;
import java.util.UUID;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;

/**
 * The fence of a {@link RunLease}: a folder of the lease's holder, from which every file that counts is published by
 * one rename. A process that takes a lease over first moves this folder away. From then on the renames of the former
 * holder fail, however late it wakes up, so that the file system checks the lease in the commit itself (a fencing
 * token, as Kleppmann describes for distributed locks).
 *
 * <p>A published file never replaces another file. On local file systems the rename is a hard link, which fails if the
 * target exists; on other file systems it is a rename without overwriting, which HDFS does atomically. On object
 * stores, which have no folders, the fence's heartbeat is looked for first, and files are then copied, so that they do
 * not keep apart two commands within milliseconds.
 */
final class Fence {

    /** The folder of all fences, in a run's folder. */
    static final String FOLDER = ".fences";

    private static final String HEARTBEAT = "heartbeat";
    private static final byte[] BEAT = {'.'};

    private final FileSystem files;
    private final Path folder;

    private Fence(FileSystem files, Path folder) {
        this.files = files;
        this.folder = folder;
    }

    /** The fence of the lease with this token; it exists once {@link #raise} has made it. */
    static Fence of(RunFolder run, String token) {
        return new Fence(run.rawFiles(), run.path(FOLDER + "/" + token));
    }

    /** Makes the fence: its folder and the first heartbeat. */
    void raise() throws IOException {
        files.mkdirs(folder);
        write(new Path(folder, HEARTBEAT), BEAT);
    }

    /**
     * Touches the heartbeat.
     *
     * @throws IOException if the fence has fallen, or the file cannot be written
     */
    void beat() throws IOException {
        stage(HEARTBEAT, BEAT);
    }

    /** The time of the last heartbeat by the file system's clock, in milliseconds. */
    long lastHeartbeat() throws IOException {
        return files.getFileStatus(new Path(folder, HEARTBEAT)).getModificationTime();
    }

    /** Whether the fence exists. */
    boolean stands() throws IOException {
        return files.exists(folder);
    }

    /**
     * Removes the fence, so that nothing is published through it any more. The folder goes by one rename, and is
     * deleted afterwards.
     */
    void fell() throws IOException {
        Path fallen = new Path(folder.getParent(), ".fallen-" + UUID.randomUUID());
        if (files.exists(folder) && files.rename(folder, fallen)) {
            files.delete(fallen, true);
        }
    }

    /**
     * Publishes a text as a new file.
     *
     * @throws FallenException            if the fence has fallen
     * @throws FileAlreadyExistsException if the target exists
     */
    void publish(String text, Path target) throws IOException {
        publishStaged(stage(target.getName(), text.getBytes(StandardCharsets.UTF_8)), target);
    }

    /**
     * Publishes a file of the run's folder by moving it to {@code target}.
     *
     * @throws FallenException            if the fence has fallen
     * @throws FileAlreadyExistsException if the target exists
     */
    void publish(Path file, Path target) throws IOException {
        requireStanding();
        Path staged = new Path(folder, target.getName());
        move(file, staged, false);
        publishStaged(staged, target);
    }

    /**
     * Writes a text to {@code target}, in place of an existing file.
     *
     * @throws FallenException if the fence has fallen
     */
    void replace(String text, Path target) throws IOException {
        move(stage(target.getName(), text.getBytes(StandardCharsets.UTF_8)), target, true);
    }

    private void publishStaged(Path staged, Path target) throws IOException {
        files.mkdirs(target.getParent());
        if (isLocal()) {
            discardChecksum(target);
            try {
                Files.createLink(local(target), local(staged));
                discardStaged(staged);
                return;
            } catch (NoSuchFileException e) {
                throw new FallenException(e);
            } catch (FileAlreadyExistsException e) {
                throw e;
            } catch (IOException | UnsupportedOperationException e) {
                // A file system without hard links. The rename is fenced as well; the target's existence was checked
                // just now.
                if (files.exists(target)) {
                    throw new FileAlreadyExistsException(target.toString());
                }
            }
        }
        move(staged, target, false);
    }

    /** A second name of a published file, which goes with the fence at the latest. */
    private void discardStaged(Path staged) {
        try {
            Files.deleteIfExists(local(staged));
        } catch (IOException e) {
            return;
        }
    }

    /** Writes a file in the fence's folder; a missing folder is not made again. */
    private Path stage(String name, byte[] content) throws IOException {
        requireStanding();
        Path staged = new Path(folder, name);
        try {
            write(staged, content);
        } catch (NoSuchFileException | FileNotFoundException e) {
            throw new FallenException(e);
        }
        return staged;
    }

    /** Refuses to go on without the fence on a file system that may make the folders of a new file by itself. */
    private void requireStanding() throws IOException {
        Path heartbeat = new Path(folder, HEARTBEAT);
        if (!isLocal() && !files.exists(heartbeat)) {
            throw new FallenException(new FileNotFoundException(heartbeat.toString()));
        }
    }

    private void write(Path file, byte[] content) throws IOException {
        try (OutputStream out = isLocal()
                ? Files.newOutputStream(local(file))
                : files.createFile(file).overwrite(true).build()) {
            out.write(content);
        }
    }

    private void move(Path from, Path to, boolean overwrite) throws IOException {
        try {
            if (isLocal()) {
                Files.move(local(from), local(to), StandardCopyOption.ATOMIC_MOVE);
                discardChecksum(from);
                discardChecksum(to);
            } else if (overwrite) {
                renameOver(from, to);
            } else {
                rename(from, to);
            }
        } catch (NoSuchFileException | FileNotFoundException e) {
            throw new FallenException(e);
        }
    }

    /** Renames in one step where the file system can, which Hadoop's newer interface alone asks for. */
    private void renameOver(Path from, Path to) throws IOException {
        try {
            FileContext.getFileContext(files.getUri(), files.getConf()).rename(from, to, Options.Rename.OVERWRITE);
        } catch (UnsupportedFileSystemException e) {
            // A file system that is configured for the older interface alone, as connectors of object stores are.
            files.getFileStatus(from);
            files.delete(to, false);
            rename(from, to);
        }
    }

    private void rename(Path from, Path to) throws IOException {
        if (files.exists(to)) {
            throw new FileAlreadyExistsException(to.toString());
        }
        if (!files.rename(from, to)) {
            if (files.exists(to)) {
                throw new FileAlreadyExistsException(to.toString());
            }
            if (!files.exists(from)) {
                throw new FileNotFoundException(from.toString());
            }
            throw new IOException("renaming " + from.getName() + " to " + to.getName() + " failed");
        }
    }

    /** Deletes the checksum file of an earlier file of this name, which Hadoop would apply to the new file. */
    private void discardChecksum(Path file) throws IOException {
        Files.deleteIfExists(local(new Path(file.getParent(), "." + file.getName() + ".crc")));
    }

    private boolean isLocal() {
        return "file".equals(files.getUri().getScheme());
    }

    private static java.nio.file.Path local(Path path) {
        return java.nio.file.Path.of(path.toUri().getPath());
    }

    /** The fence has fallen: another command has taken the lease over. */
    static final class FallenException extends IOException {

        private static final long serialVersionUID = 1;

        private FallenException(IOException cause) {
            super("another command has taken the lease over", cause);
        }
    }
}
