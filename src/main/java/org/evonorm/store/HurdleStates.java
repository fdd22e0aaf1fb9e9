package org.evonorm.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.Serializable;
import java.nio.FloatBuffer;
import java.util.Collection;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The states of trainings that stand at a hurdle: files beside the results in the journal of a generation, written by
 * the task that trained before it adds its result. They outlive the process, as results do, and go with the journal. A
 * state that is lost costs time and nothing else, since the training begins anew then (docs/run-folder.md, "journal/").
 */
public final class HurdleStates implements Serializable {

    private static final String STATE = ".state";

    private final String folder;
    private final SerializableConfiguration hadoop;

    private HurdleStates(String folder, SerializableConfiguration hadoop) {
        this.folder = folder;
        this.hadoop = hadoop;
    }

    /** The states of one generation. */
    public static HurdleStates of(RunFolder run, int generation, Configuration hadoop) {
        return new HurdleStates(Journal.folder(run, generation).toString(), new SerializableConfiguration(hadoop));
    }

    /**
     * Writes the state of a training.
     *
     * @param key the journal's key of the result that the state belongs to
     * @throws StoreException if the file cannot be written
     */
    public void write(String key, float[] state) {
        Path path = path(key);
        try {
            FileSystem files = files();
            // A damaged file of an earlier process would stay where a rename does not replace files.
            files.delete(path, false);
            new StateFile(files, path, key).write(state);
        } catch (IOException e) {
            throw failure(path, "written", "free space or make the folder writable", e);
        }
    }

    /**
     * Reads the state of a training; empty if the file is missing or was altered, or is another key's.
     *
     * @throws StoreException if the file cannot be read
     */
    public Optional<float[]> read(String key) {
        Path path = path(key);
        try {
            FloatBuffer values = new StateFile(files(), path, key).read();
            float[] state = new float[values.remaining()];
            values.get(state);
            return Optional.of(state);
        } catch (FileNotFoundException | StateFile.AlteredException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw failure(path, "read", "mend that", e);
        }
    }

    /**
     * Deletes the states of all other keys.
     *
     * @throws StoreException if a file cannot be deleted
     */
    public void retain(Collection<String> keys) {
        Path path = new Path(folder);
        Set<String> wanted = new HashSet<>();
        keys.forEach(key -> wanted.add(key + STATE));
        try {
            FileSystem files = files();
            for (FileStatus status : files.listStatus(path)) {
                String name = status.getPath().getName();
                if (name.endsWith(STATE) && !wanted.contains(name)) {
                    files.delete(status.getPath(), false);
                }
            }
        } catch (FileNotFoundException e) {
            return;
        } catch (IOException e) {
            throw failure(path, "cleared", "make the folder writable", e);
        }
    }

    private Path path(String key) {
        return new Path(folder, key + STATE);
    }

    /** The file system without checksum files: the states have checksums of their own. */
    private FileSystem files() throws IOException {
        return PlainLocalFiles.insteadOf(new Path(folder).getFileSystem(hadoop.value()));
    }

    private static StoreException failure(Path path, String cannotBe, String mend, IOException e) {
        return new StoreException(
                RunFolder.show(path) + " cannot be " + cannotBe + " (" + RunFolder.message(e) + "); " + mend
                        + ", and the same command goes on",
                e);
    }
}
