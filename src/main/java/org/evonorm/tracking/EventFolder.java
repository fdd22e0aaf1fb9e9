package org.evonorm.tracking;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.evonorm.data.Location;
import org.evonorm.store.GrowingFile;

/**
 * A folder of event files, which TensorBoard shows as one run. Every start writes files of its own there, with names
 * that sort by time.
 */
final class EventFolder implements Closeable {

    private static final String PREFIX = "events.out.tfevents.";

    private final FileSystem files;
    private final Path folder;
    private final GrowingFile file;

    private EventFolder(FileSystem files, Path folder, GrowingFile file) {
        this.files = files;
        this.folder = folder;
        this.file = file;
    }

    /**
     * The folder at a location of any file system that Hadoop knows.
     *
     * @throws IOException if the file system cannot be reached
     */
    static EventFolder at(String location, Configuration hadoop) throws IOException {
        Path folder = Location.path(location);
        String start = PREFIX + Instant.now().getEpochSecond() + ".evonorm."
                + ProcessHandle.current().pid();
        GrowingFile file = GrowingFile.in(
                location,
                hadoop,
                part -> start + "." + String.format(Locale.ROOT, "%03d", part),
                EventRecords.record(Event.fileVersion()));
        return new EventFolder(folder.getFileSystem(hadoop), folder, file);
    }

    /** Makes the folder, which tells early whether it can be made. */
    void make() throws IOException {
        if (!files.mkdirs(folder)) {
            throw new IOException("the folder cannot be made");
        }
    }

    /** Adds events; readers find them together or not at all. */
    void add(List<Event> events) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (Event event : events) {
            bytes.write(EventRecords.record(event.message()));
        }
        file.write(bytes.toByteArray());
    }

    /** The events of all files, in the order in which TensorBoard reads them; none where the folder does not exist. */
    List<Event> events() throws IOException {
        List<Event> events = new ArrayList<>();
        for (FileStatus status : list()) {
            if (status.getPath().getName().startsWith(PREFIX)) {
                try (FSDataInputStream in = files.open(status.getPath())) {
                    for (byte[] content : EventRecords.contents(in.readAllBytes())) {
                        events.add(Event.read(content));
                    }
                }
            }
        }
        return events;
    }

    /** The names of the folders and files in a folder in this one. */
    Set<String> names(String relative) throws IOException {
        Set<String> names = new TreeSet<>();
        try {
            for (FileStatus status : files.listStatus(new Path(folder, relative))) {
                names.add(status.getPath().getName());
            }
        } catch (FileNotFoundException e) {
            return names;
        }
        return names;
    }

    private List<FileStatus> list() throws IOException {
        try {
            return Arrays.stream(files.listStatus(folder))
                    .sorted(Comparator.comparing(status -> status.getPath().getName()))
                    .toList();
        } catch (FileNotFoundException e) {
            return List.of();
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
