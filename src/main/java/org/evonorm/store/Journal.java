package org.evonorm.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.Serializable;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The journal of a generation, or of a batch of a rerank or calibration, that is not committed yet: one small file per
 * trial result, written by the task that has the result. Work that was cut off reads the results in place of repeating
 * the trials. Executors and driver use the journal concurrently (docs/run-folder.md, "journal/").
 */
public final class Journal implements Serializable {

    static final String FOLDER = "journal";
    private static final String RESULT = ".json";
    private static final String BEGUN = ".begun";
    private static final Pattern GENERATION = Pattern.compile("generation=(\\d{1,9})");

    private final String folder;
    private final SerializableConfiguration hadoop;

    private Journal(String folder, SerializableConfiguration hadoop) {
        this.folder = folder;
        this.hadoop = hadoop;
    }

    /** The journal of one generation, which may be empty. */
    public static Journal of(RunFolder run, int generation, Configuration hadoop) {
        return new Journal(folder(run, generation).toString(), new SerializableConfiguration(hadoop));
    }

    /** The folder of the journal of one generation. */
    static Path folder(RunFolder run, int generation) {
        return run.path(FOLDER + "/generation=" + generation);
    }

    /** The journal of the rerank's trainings that are in no batch yet. */
    public static Journal ofRerank(RunFolder run, Configuration hadoop) {
        return new Journal(run.path(FOLDER + "/rerank").toString(), new SerializableConfiguration(hadoop));
    }

    /** The journal of the calibration's trainings that are in no batch yet. */
    public static Journal ofCalibration(RunFolder folder, Configuration hadoop) {
        return new Journal(folder.path(FOLDER + "/calibration").toString(), new SerializableConfiguration(hadoop));
    }

    /**
     * Deletes the journal with all results.
     *
     * @throws StoreException if it cannot be deleted
     */
    public void clear() {
        Path path = new Path(folder);
        try {
            files().delete(path, true);
        } catch (IOException e) {
            throw unwritable(path, e);
        }
    }

    /**
     * Deletes the journals of all generations before {@code generation}.
     *
     * @throws StoreException if a journal cannot be deleted
     */
    static void clear(RunFolder run, int generation) {
        Path journal = run.path(FOLDER);
        try {
            for (FileStatus status : run.files().listStatus(journal)) {
                Matcher name = GENERATION.matcher(status.getPath().getName());
                if (name.matches() && Integer.parseInt(name.group(1)) < generation) {
                    run.files().delete(status.getPath(), true);
                }
            }
        } catch (FileNotFoundException e) {
            return;
        } catch (IOException e) {
            throw new StoreException(
                    RunFolder.show(journal) + " cannot be cleared (" + RunFolder.message(e)
                            + "); make the folder writable, and the same command goes on",
                    e);
        }
    }

    /**
     * Keys of all results, by one listing of the folder.
     *
     * @throws StoreException if the folder cannot be listed
     */
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

    /**
     * The result of a key; empty if the journal has none, or its file was altered or is another key's: the work is done
     * again then, which comes to the same.
     *
     * @throws StoreException if the file cannot be read
     */
    public Optional<String> result(String key) {
        Path path = path(key, RESULT);
        try {
            String text = new TextFile(files(), path).read();
            int line = text.indexOf('\n');
            String result = text.substring(line + 1);
            return line >= 0 && text.substring(0, line).equals(checksum(key, result))
                    ? Optional.of(result)
                    : Optional.empty();
        } catch (FileNotFoundException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    /**
     * Adds a result. A result never changes later.
     *
     * @throws StoreException if the file cannot be written
     */
    public void add(String key, String result) {
        write(path(key, RESULT), checksum(key, result) + "\n" + result);
    }

    /** The first line of a result's file: the CRC-32C of key and result, in hexadecimal. */
    private static String checksum(String key, String result) {
        return Checksum.of(key + "\n" + result);
    }

    /** Whether work on this key was begun and not ended, which means that its process died. */
    public boolean isBegun(String key) {
        Path path = path(key, BEGUN);
        try {
            return files().exists(path);
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    /** Records that work on this key begins, so that a death of this process is noticed. */
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

    /** Deletes the mark of {@link #begin}: the work ended or was cancelled, and this process lives. */
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
                // Another attempt at the same trial may have written the same result first.
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

    /** The file system without checksum files: readers check the entries themselves. */
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
