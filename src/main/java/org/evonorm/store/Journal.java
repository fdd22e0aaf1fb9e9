package org.evonorm.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.Serializable;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * What has ended in a generation that is not committed yet, so that a generation which is cut off does not do it again:
 * a small file a result, written by the task that came to it. Executors and the driver use it side by side.
 */
public final class Journal implements Serializable {

    static final String FOLDER = "journal";
    private static final String RESULT = ".json";
    private static final String BEGUN = ".begun";

    private final String folder;
    private final CarriedConfiguration hadoop;

    private Journal(String folder, CarriedConfiguration hadoop) {
        this.folder = folder;
        this.hadoop = hadoop;
    }

    /** The journal of a generation, which need not have any entries. */
    public static Journal of(RunFolder run, int generation, Configuration hadoop) {
        return new Journal(run.path(FOLDER + "/generation=" + generation).toString(), new CarriedConfiguration(hadoop));
    }

    /** Keys of all results, in one listing. */
    public Set<String> keys() {
        Set<String> keys = new HashSet<>();
        Path path = new Path(folder);
        try {
            for (FileStatus status : files().listStatus(path)) {
                String name = status.getPath().getName();
                if (name.endsWith(RESULT) && !name.startsWith(".")) {
                    keys.add(name.substring(0, name.length() - RESULT.length()));
                }
            }
        } catch (FileNotFoundException e) {
            return Set.of();
        } catch (IOException e) {
            throw unreadable(path, e);
        }
        return keys;
    }

    /** The result that is journalled under a key. */
    public Optional<String> result(String key) {
        Path path = path(key, RESULT);
        try {
            return Optional.of(new TextFile(files(), path).read());
        } catch (FileNotFoundException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    /**
     * Writes a result, which does not change once it is there.
     *
     * @throws StoreException if the file cannot be written
     */
    public void add(String key, String result) {
        write(path(key, RESULT), result);
    }

    /** Whether work on this key was begun and did not come to say how it ended: the process died under it. */
    public boolean isBegun(String key) {
        Path path = path(key, BEGUN);
        try {
            return files().exists(path);
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    /** Notes that work on this key begins, for the case that this process does not survive it. */
    public void begin(String key) {
        Path path = path(key, BEGUN);
        try {
            FileSystem files = files();
            files.create(path, true, 4096, files.getDefaultReplication(path), files.getDefaultBlockSize(path))
                    .close();
        } catch (IOException e) {
            throw unwritable(path, e);
        }
    }

    /** Takes {@link #begin} back: the work ended, or was ended, with this process alive. */
    public void end(String key) {
        Path path = path(key, BEGUN);
        try {
            files().delete(path, false);
        } catch (IOException e) {
            throw unwritable(path, e);
        }
    }

    private void write(Path path, String text) {
        try {
            FileSystem files = files();
            try {
                new TextFile(files, path).write(text);
            } catch (IOException e) {
                // Another attempt at the same work may have been faster, and has come to the same.
                if (!files.exists(path)) {
                    throw e;
                }
            }
        } catch (IOException e) {
            throw unwritable(path, e);
        }
    }

    private Path path(String key, String suffix) {
        return new Path(folder, key + suffix);
    }

    /** Entries are checked by what reads them, and need no checksum files beside them. */
    private FileSystem files() throws IOException {
        return PlainLocalFiles.insteadOf(new Path(folder).getFileSystem(hadoop.value()));
    }

    private static StoreException unreadable(Path path, IOException e) {
        return new StoreException(
                RunFolder.show(path) + " cannot be read (" + RunFolder.message(e)
                        + "); mend that, and the same command goes on",
                e);
    }

    private static StoreException unwritable(Path path, IOException e) {
        return new StoreException(
                RunFolder.show(path) + " cannot be written (" + RunFolder.message(e)
                        + "); free space or make the folder writable, and the same command goes on",
                e);
    }
}
