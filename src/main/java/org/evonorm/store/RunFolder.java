package org.evonorm.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.CRC32C;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The folder of one run (docs/run-folder.md): {@code run.conf}, the commit records in {@code commits/}, the folders of
 * the tables, and, while a generation runs, its journal. All access to the folder's own files goes through here.
 */
public final class RunFolder {

    private static final String SETTINGS = "run.conf";
    private static final String COMMITS = "commits";
    private static final String ATTEMPTS = ".attempts";
    private static final Pattern PARTITION = Pattern.compile("generation=(\\d{1,9})");
    private static final Pattern COMMIT = Pattern.compile("generation=(\\d{1,9})\\.json");

    private final FileSystem files;
    private final Path root;
    private final Set<String> verified = ConcurrentHashMap.newKeySet();

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
            Path path = new Path(location);
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
     * @throws StoreException if the folder has no run, or the file cannot be read
     */
    public String settings() {
        Path path = new Path(root, SETTINGS);
        try {
            return read(path);
        } catch (FileNotFoundException e) {
            throw new StoreException("there is no run in " + this + ": it has no " + SETTINGS, e);
        } catch (IOException e) {
            throw new StoreException(show(path) + " cannot be read: " + message(e), e);
        }
    }

    /**
     * Starts a run: writes run.conf, and makes the folder if it does not exist.
     *
     * @throws StoreException if the folder cannot be written
     */
    public void start(String settings) {
        write(new Path(root, SETTINGS), settings);
    }

    /**
     * Replaces run.conf.
     *
     * @throws StoreException if the lease was taken over, or the folder cannot be written
     */
    public void restart(String settings, RunLease lease) {
        lease.replace(settings, new Path(root, SETTINGS));
    }

    /**
     * The commit records of generations 0, 1, …; the files that they list are checked by size and checksum.
     *
     * @throws StoreException if a record is missing or damaged, or a file is missing or altered
     */
    List<CommitRecord> commits() {
        NavigableMap<Integer, Path> records = commitPaths();
        List<CommitRecord> commits = new ArrayList<>();
        for (var entry : records.entrySet()) {
            if (entry.getKey() != commits.size()) {
                throw new StoreException(show(commitPath(commits.size())) + " is missing though generation "
                        + records.lastKey() + " is committed; restore it, or delete the records after it to run those"
                        + " generations again");
            }
            CommitRecord commit = commit(entry.getKey(), entry.getValue());
            for (Table table : Table.values()) {
                commit.files(table).forEach(file -> requireWhole(commit, file));
            }
            commits.add(commit);
        }
        return commits;
    }

    /**
     * The number of committed generations, generation 0 included.
     *
     * @throws StoreException if a record is missing or damaged, or a file is missing or altered
     */
    public int committedGenerations() {
        return commits().size();
    }

    private NavigableMap<Integer, Path> commitPaths() {
        NavigableMap<Integer, Path> paths = new TreeMap<>();
        try {
            for (FileStatus status : files.listStatus(new Path(root, COMMITS))) {
                Matcher name = COMMIT.matcher(status.getPath().getName());
                if (name.matches()) {
                    paths.put(Integer.parseInt(name.group(1)), status.getPath());
                }
            }
        } catch (FileNotFoundException e) {
            return paths;
        } catch (IOException e) {
            throw new StoreException("the commit records in " + this + " cannot be listed: " + message(e), e);
        }
        return paths;
    }

    private CommitRecord commit(int generation, Path path) {
        try {
            CommitRecord commit = CommitRecord.fromJson(read(path));
            if (commit.generation() != generation) {
                throw new IOException("it is the record of generation " + commit.generation());
            }
            return commit;
        } catch (IOException e) {
            throw new StoreException(
                    "the commit record " + show(path) + " is damaged (" + message(e)
                            + "); restore it, or delete it and those of later generations to run these again",
                    e);
        }
    }

    private void requireWhole(CommitRecord commit, CommitRecord.DataFile file) {
        Path path = path(file.path());
        String found;
        try {
            long bytes = files.getFileStatus(path).getLen();
            if (bytes == file.bytes() && isUnaltered(file)) {
                return;
            }
            found = bytes == file.bytes()
                    ? "was altered since it was written"
                    : "has " + bytes + " bytes instead of " + file.bytes();
        } catch (FileNotFoundException e) {
            found = "is missing";
        } catch (IOException e) {
            found = "cannot be read (" + message(e) + ")";
        }
        throw new StoreException(show(path) + ", a file of the committed generation " + commit.generation() + ", "
                + found + "; restore it, or delete " + show(commitPath(commit.generation()))
                + " and the records of later generations to run these again");
    }

    /** Whether a file has its recorded checksum; it reads each file once in the life of this object. */
    private boolean isUnaltered(CommitRecord.DataFile file) throws IOException {
        if (file.crc32c().isEmpty() || verified.contains(file.path())) {
            return true;
        }
        boolean unaltered = crc32c(path(file.path())).equals(file.crc32c());
        if (unaltered) {
            verified.add(file.path());
        }
        return unaltered;
    }

    /** The CRC-32C of a file, in hexadecimal. */
    String crc32c(Path path) throws IOException {
        CRC32C checksum = new CRC32C();
        byte[] buffer = new byte[1 << 16];
        try (InputStream in = files.open(path)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                checksum.update(buffer, 0, read);
            }
        }
        return Long.toHexString(checksum.getValue());
    }

    /**
     * Publishes a commit record, so that its generation counts.
     *
     * @throws StoreException if the generation is committed already, the lease was taken over, or the folder cannot be
     *                        written
     */
    void commit(CommitRecord commit, RunLease lease) {
        lease.requireValid();
        Path path = commitPath(commit.generation());
        try {
            if (files.exists(path)) {
                throw new StoreException("generation " + commit.generation() + " is committed already in " + this
                        + "; let one search at a time run in a folder");
            }
        } catch (IOException e) {
            throw new StoreException(show(path) + " cannot be reached: " + message(e), e);
        }
        lease.publish(commit.toJson(), path);
    }

    /** Whether this record stands, and not another attempt's; also if that cannot be told, so that nothing is deleted. */
    boolean hasCommitted(CommitRecord commit) {
        Path path = commitPath(commit.generation());
        try {
            return files.exists(path)
                    && CommitRecord.fromJson(read(path)).tables().equals(commit.tables());
        } catch (IOException e) {
            return true;
        }
    }

    /**
     * Deletes all files of committed generations that their commit records do not list. Attempts that lost their lease
     * leave such files, and they can never come to count.
     *
     * @throws StoreException if a folder cannot be read, or a file cannot be deleted
     */
    public void sweep() {
        commits().forEach(this::sweep);
    }

    /** As {@link #sweep()}, of one generation that is committed. */
    void sweep(CommitRecord commit) {
        for (Table table : Table.values()) {
            String partition = table.partition(commit.generation());
            Set<String> listed = commit.files(table).stream()
                    .map(CommitRecord.DataFile::path)
                    .collect(Collectors.toSet());
            try {
                for (FileStatus file : list(partition)) {
                    if (!listed.contains(partition + "/" + file.getPath().getName())) {
                        files.delete(file.getPath(), true);
                    }
                }
            } catch (FileNotFoundException e) {
                // A table without files has no folder: nothing to delete.
                assert listed.isEmpty();
            } catch (IOException e) {
                throw new StoreException(
                        show(path(partition)) + " cannot be cleared (" + message(e)
                                + "); make the folder writable, and the same command goes on",
                        e);
            }
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
        Path journal = path(Journal.FOLDER);
        try {
            for (FileStatus status : files.listStatus(journal)) {
                Matcher name = PARTITION.matcher(status.getPath().getName());
                if (name.matches() && Integer.parseInt(name.group(1)) < generation) {
                    files.delete(status.getPath(), true);
                }
            }
        } catch (FileNotFoundException e) {
            return;
        } catch (IOException e) {
            throw new StoreException(
                    show(journal) + " cannot be cleared (" + message(e)
                            + "); make the folder writable, and the same command goes on",
                    e);
        }
    }

    private Path commitPath(int generation) {
        return new Path(new Path(root, COMMITS), "generation=" + generation + ".json");
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
            throw unwritable(to, e);
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

    private String read(Path path) throws IOException {
        return new TextFile(files, path).read();
    }

    private void write(Path path, String text) {
        try {
            new TextFile(files, path).write(text);
        } catch (IOException e) {
            throw unwritable(path, e);
        }
    }

    private static StoreException unwritable(Path path, IOException e) {
        return new StoreException(
                show(path) + " cannot be written (" + message(e)
                        + "); free space, make the folder writable or name another",
                e);
    }

    FileSystem files() {
        return files;
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
