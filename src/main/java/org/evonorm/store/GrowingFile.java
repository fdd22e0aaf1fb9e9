package org.evonorm.store;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.IntFunction;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.evonorm.data.Location;

/**
 * A file that grows while a command runs, as a log does, on any file system that Hadoop knows. Many file systems cannot
 * append, so that every start of a command writes files of its own. On local disks and HDFS, where bytes show as soon
 * as they are written, a start has one file; on object stores, where a file shows once it is closed, the file is closed
 * every few minutes, and what comes later goes to a next part.
 */
public final class GrowingFile implements Closeable {

    private static final Duration CLOSED_EVERY = Duration.ofMinutes(5);
    /** Hadoop's name of the capability to show bytes that were written. */
    private static final String HFLUSH = "hflush";
    /** Names that other processes may have taken at the same moment. */
    private static final int MOST_TAKEN = 100;

    private final FileSystem files;
    private final Path folder;
    private final IntFunction<String> names;
    private final byte[] head;
    private final Duration closedEvery;
    private Optional<FSDataOutputStream> current = Optional.empty();
    private int part;
    private long lastClosed = System.nanoTime();

    private GrowingFile(FileSystem files, Path folder, IntFunction<String> names, byte[] head, Duration closedEvery) {
        this.files = files instanceof LocalFileSystem local ? local.getRawFileSystem() : files;
        this.folder = folder;
        this.names = names;
        this.head = head.clone();
        this.closedEvery = closedEvery;
    }

    /**
     * A file in a run's folder, which is made with the first write.
     *
     * @param relative folder of the file, relative to the run's
     * @param names    names of the parts, from 1
     */
    public static GrowingFile in(RunFolder run, String relative, IntFunction<String> names) {
        return new GrowingFile(run.files(), run.path(relative), names, new byte[0], CLOSED_EVERY);
    }

    /**
     * A file in any folder, which is made with the first write.
     *
     * @param location a path or URI of any file system that Hadoop knows
     * @param names    names of the parts, from 1
     * @param head     first bytes of every part
     * @throws IOException if the file system cannot be reached
     */
    public static GrowingFile in(String location, Configuration hadoop, IntFunction<String> names, byte[] head)
            throws IOException {
        return in(location, hadoop, names, head, CLOSED_EVERY);
    }

    static GrowingFile in(
            String location, Configuration hadoop, IntFunction<String> names, byte[] head, Duration closedEvery)
            throws IOException {
        Path path = Location.path(location);
        return new GrowingFile(path.getFileSystem(hadoop), path, names, head, closedEvery);
    }

    /** Writes bytes, and lets readers see them as soon as the file system can. */
    public synchronized void write(byte[] content) throws IOException {
        try {
            FSDataOutputStream out = current.isPresent() ? current.get() : begin();
            out.write(content);
            if (showsAtOnce(out)) {
                out.hflush();
            } else if (System.nanoTime() - lastClosed >= closedEvery.toNanos()) {
                close();
            }
        } catch (FSError e) {
            // Hadoop's local file system throws an error, no exception, where the disk is full.
            throw new IOException(e.getCause().getMessage(), e);
        }
    }

    private FSDataOutputStream begin() throws IOException {
        for (int taken = 0; ; taken++) {
            part++;
            try {
                FSDataOutputStream out = files.create(new Path(folder, names.apply(part)), false);
                current = Optional.of(out);
                out.write(head);
                return out;
            } catch (FileAlreadyExistsException e) {
                if (taken == MOST_TAKEN) {
                    throw e;
                }
            }
        }
    }

    private boolean showsAtOnce(FSDataOutputStream out) {
        return "file".equals(files.getUri().getScheme()) || out.hasCapability(HFLUSH);
    }

    /** Closes the part that was written last; a later write begins the next one. */
    @Override
    public synchronized void close() throws IOException {
        lastClosed = System.nanoTime();
        if (current.isPresent()) {
            FSDataOutputStream out = current.get();
            current = Optional.empty();
            try {
                out.close();
            } catch (FSError e) {
                throw new IOException(e.getCause().getMessage(), e);
            }
        }
    }

    /** The name of the first part, with its folder, as users write it. */
    @Override
    public String toString() {
        return RunFolder.show(new Path(folder, names.apply(1)));
    }
}
