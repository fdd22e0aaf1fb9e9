package org.evonorm.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.evonorm.data.Location;

/**
 * The folder of one run (docs/run-folder.md): where it is, whether it holds a run, its {@code run.conf}, and the paths
 * of everything else in it, which {@link Commits}, {@link Journal}, {@link RunLease} and {@link RerankTable} know.
 */
public final class RunFolder {

    private static final String SETTINGS = "run.conf";
    private static final String ATTEMPTS = ".attempts";

    private final FileSystem files;
    private final Path root;
    private final FileCheck check = new FileCheck(this);
    private final Commits commits = new Commits(this);

    private RunFolder(FileSystem files, Path root) {
        this.files = files;
        this.root = root;
    }

    /**
     * The run's folder at a location; it need not exist.
     *
     * @param location a path or URI of any file system that Hadoop knows
     * @throws StoreException if the location is a file or a folder without a run, or the file system cannot be reached
     */
    public static RunFolder at(String location, Configuration hadoop) {
        try {
            Path path = Location.path(location);
            FileSystem files = path.getFileSystem(hadoop);
            RunFolder folder = new RunFolder(files, files.makeQualified(path));
            folder.requireRunOrNothing();
            return folder;
        } catch (StoreException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // Hadoop wraps a missing file system class in a RuntimeException.
            throw new StoreException(
                    "the run folder " + location + " cannot be reached: " + message(e)
                            + "; correct it, or bring what Hadoop needs for it",
                    e);
        }
    }

    private void requireRunOrNothing() throws IOException {
        FileStatus status;
        try {
            status = files.getFileStatus(root);
        } catch (FileNotFoundException e) {
            return;
        }
        if (!status.isDirectory()) {
            throw new StoreException("the run folder " + this + " is a file; name another folder");
        }
        if (!isStarted()) {
            for (FileStatus entry : files.listStatus(root)) {
                if (!entry.getPath().getName().startsWith(".")) {
                    throw new StoreException(
                            "the folder " + this + " holds " + entry.getPath().getName() + " but no " + SETTINGS
                                    + ", so it is no run's; name another folder");
                }
            }
        }
    }

    /**
     * Whether the folder has a run, with or without generations.
     *
     * @throws StoreException if the folder cannot be read
     */
    public boolean isStarted() {
        try {
            return files.exists(new Path(root, SETTINGS));
        } catch (IOException e) {
            throw new StoreException("the run folder " + this + " cannot be read: " + message(e), e);
        }
    }

    /**
     * The text of run.conf: the settings that the run was started with.
     *
     * @throws StoreException if the folder has no run, or the file cannot be read or was altered
     */
    public String settings() {
        Path path = new Path(root, SETTINGS);
        try {
            return CheckedConf.read(read(path))
                    .orElseThrow(() -> new StoreException(show(path)
                            + " was altered since it was written; restore it, or delete its first line to take it as"
                            + " it is"));
        } catch (FileNotFoundException e) {
            throw new StoreException(
                    "there is no run in " + this + ": it has no " + SETTINGS + "; restore it, or name another folder",
                    e);
        } catch (IOException e) {
            throw new StoreException(
                    show(path) + " cannot be read (" + message(e) + "); restore it, or use another folder", e);
        }
    }

    /**
     * Starts a run: writes run.conf.
     *
     * @throws StoreException if the lease was taken over, the run was started meanwhile, or the folder cannot be
     *                        written
     */
    public void start(String settings, RunLease lease) {
        lease.publish(CheckedConf.of(settings), new Path(root, SETTINGS));
    }

    /**
     * Replaces run.conf.
     *
     * @throws StoreException if the lease was taken over, or the folder cannot be written
     */
    public void restart(String settings, RunLease lease) {
        lease.replace(CheckedConf.of(settings), new Path(root, SETTINGS));
    }

    /** The commit records of this run. */
    Commits commits() {
        return commits;
    }

    /** The check of files that records list. */
    FileCheck check() {
        return check;
    }

    /**
     * The number of committed generations, generation 0 included.
     *
     * @throws StoreException if a record is missing or damaged, or a file is missing or altered
     */
    public int committedGenerations() {
        return commits.read().size();
    }

    /**
     * Deletes all files of committed generations that their commit records do not list. Attempts that lost their lease
     * leave such files, and they can never come to count.
     *
     * @throws StoreException if a folder cannot be read, or a file cannot be deleted
     */
    public void sweep() {
        commits.read().forEach(commits::sweep);
    }

    /**
     * Deletes files of a table's folder.
     *
     * @param listed paths of the files to keep, relative to this folder
     * @param names  names of the files that may be deleted
     * @throws StoreException if the folder cannot be read, or a file cannot be deleted
     */
    void deleteUnlisted(String relative, Set<String> listed, Predicate<String> names) {
        try {
            for (FileStatus file : list(relative)) {
                String name = file.getPath().getName();
                if (names.test(name) && !listed.contains(relative + "/" + name)) {
                    files.delete(file.getPath(), true);
                }
            }
        } catch (FileNotFoundException e) {
            // Nothing to delete.
            return;
        } catch (IOException e) {
            throw new StoreException(
                    show(path(relative)) + " cannot be cleared (" + message(e)
                            + "); make the folder writable, and the same command goes on",
                    e);
        }
    }

    /** The states of trainings on partitioned data of the lease's holder with this token. */
    TrainingStates states(String token) {
        return TrainingStates.in(path(TrainingStates.FOLDER + "/" + token), files.getConf());
    }

    /** The folder in which the lease's holder with this token writes tables before they are published. */
    Path attempt(String token) {
        return path(ATTEMPTS + "/" + token);
    }

    /**
     * Deletes the journals of all generations before {@code generation}; committed generations need none.
     *
     * @throws StoreException if a journal cannot be deleted
     */
    public void clearJournal(int generation) {
        Journal.clear(this, generation);
    }

    /** The absolute path of a path relative to this folder. */
    Path path(String relative) {
        return new Path(root, relative);
    }

    /** The files in a folder relative to this one, except names that start with a dot or an underscore. */
    List<FileStatus> list(String relative) throws IOException {
        return list(path(relative));
    }

    /** As {@link #list(String)}, of an absolute path in this folder. */
    List<FileStatus> list(Path inside) throws IOException {
        List<FileStatus> found = new ArrayList<>();
        for (FileStatus status : files.listStatus(inside)) {
            String name = status.getPath().getName();
            if (!name.startsWith(".") && !name.startsWith("_")) {
                found.add(status);
            }
        }
        return found;
    }

    /**
     * Moves a file within this folder.
     *
     * @throws StoreException if the folder cannot be written
     */
    void move(Path from, Path to) {
        try {
            files.mkdirs(to.getParent());
            if (!files.rename(from, to)) {
                throw new IOException("renaming " + from.getName() + " failed");
            }
        } catch (IOException e) {
            throw new StoreException(
                    show(to) + " cannot be written (" + message(e)
                            + "); free space, make the folder writable or name another",
                    e);
        }
    }

    /** Deletes a file or folder that is no longer needed; a failure is ignored. */
    void discard(Path path) {
        try {
            files.delete(path, true);
        } catch (IOException e) {
            // No reader looks at leftovers.
            return;
        }
    }

    /** Reads a text of this folder; file systems call a folder in its place a file that is missing. */
    String read(Path path) throws IOException {
        try {
            return new TextFile(files, path).read();
        } catch (FileNotFoundException e) {
            if (files.getFileStatus(path).isDirectory()) {
                throw new IOException("it is a folder", e);
            }
            throw e;
        }
    }

    FileSystem files() {
        return files;
    }

    /** The file system without checksum files, for files that are written in place or by other means than Hadoop's. */
    FileSystem rawFiles() {
        return files instanceof LocalFileSystem local ? local.getRawFileSystem() : files;
    }

    /** The folder's own name, without those above it. */
    public String name() {
        return root.getName();
    }

    /** The folder as users write it: local paths without a scheme. */
    @Override
    public String toString() {
        return show(root);
    }

    static String show(Path path) {
        return "file".equals(path.toUri().getScheme()) ? path.toUri().getPath() : path.toString();
    }

    static String message(Exception e) {
        return e.getMessage() == null
                ? e.getClass().getSimpleName()
                : e.getMessage().lines().findFirst().orElse("");
    }
}
