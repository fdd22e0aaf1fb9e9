package org.evonorm.store;

import java.io.IOException;
import java.io.Serializable;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The states of trainings on partitioned data between two rounds: files of big-endian float32 values and their CRC-32C
 * in the run's folder, which tasks write and read (docs/run-folder.md, "states/"). Only the process that wrote them
 * uses them.
 */
public final class TrainingStates implements Serializable {

    /** The folder of all states, in a run's folder; it has one folder per holder of the lease. */
    static final String FOLDER = "states";

    private final String folder;
    private final SerializableConfiguration hadoop;

    private TrainingStates(String folder, SerializableConfiguration hadoop) {
        this.folder = folder;
        this.hadoop = hadoop;
    }

    /** The states in the folder of one process. */
    public static TrainingStates in(Path folder, Configuration hadoop) {
        return new TrainingStates(folder.toString(), new SerializableConfiguration(hadoop));
    }

    /**
     * Writes a stretch of a training's state, whole or not at all.
     *
     * @param training name of the training, allowed as a file name
     * @param round    number of the round that the state comes from
     * @param stretch  number of the stretch, from 0
     * @param values   values of the stretch
     * @throws StoreException if the file cannot be written
     */
    public void write(String training, int round, int stretch, float[] values) {
        Path path = new Path(path(training, round), Integer.toString(stretch));
        try {
            new StateFile(path.getFileSystem(hadoop.value()), path, "").write(values);
        } catch (IOException e) {
            throw new StoreException(
                    RunFolder.show(path) + " cannot be written (" + RunFolder.message(e)
                            + "); free space or make the folder writable, and the same command goes on",
                    e);
        }
    }

    /**
     * Reads the state of a training after a round: all stretches, in order.
     *
     * @throws StoreException if a file cannot be read, is missing or was altered
     */
    public float[] read(String training, int round) {
        Path path = path(training, round);
        try {
            FileSystem files = path.getFileSystem(hadoop.value());
            List<FileStatus> stretches = new ArrayList<>();
            for (FileStatus status : files.listStatus(path)) {
                if (!status.getPath().getName().startsWith(".")) {
                    stretches.add(status);
                }
            }
            long bytes = stretches.stream()
                    .mapToLong(stretch -> Math.max(0, stretch.getLen() - Integer.BYTES))
                    .sum();
            FloatBuffer state = FloatBuffer.allocate(Math.toIntExact(bytes / Float.BYTES));
            for (int number = 0; number < stretches.size(); number++) {
                Path stretch = new Path(path, Integer.toString(number));
                try {
                    state.put(new StateFile(files, stretch, "").read());
                } catch (StateFile.AlteredException e) {
                    throw new IOException("its stretch " + number + " was altered since it was written", e);
                }
            }
            return state.array();
        } catch (IOException e) {
            throw new StoreException(
                    RunFolder.show(path) + ", the state of a training, cannot be read (" + RunFolder.message(e)
                            + "); mend that, and the same command goes on",
                    e);
        }
    }

    /**
     * Deletes the states after a round, once the next round is done.
     *
     * @throws StoreException if they cannot be deleted
     */
    public void clear(int round) {
        delete(new Path(folder, "round=" + round));
    }

    /**
     * Deletes all states.
     *
     * @throws StoreException if they cannot be deleted
     */
    public void clear() {
        delete(new Path(folder));
    }

    private void delete(Path path) {
        try {
            path.getFileSystem(hadoop.value()).delete(path, true);
        } catch (IOException e) {
            throw new StoreException(
                    RunFolder.show(path) + " cannot be deleted (" + RunFolder.message(e)
                            + "); make the folder writable, and the same command goes on",
                    e);
        }
    }

    private Path path(String training, int round) {
        return new Path(folder, "round=" + round + "/" + training);
    }
}
