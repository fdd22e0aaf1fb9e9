package org.evonorm.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * The records of one kind in a run's folder {@code commits}, each in a file with its number. They are published through
 * the fence of a lease.
 *
 * @param <T> the kind of record
 */
final class Records<T extends Records.Numbered<T>> {

    static final String FOLDER = "commits";

    private final RunFolder folder;
    private final Reading<T> reading;
    private final String file;
    private final String item;
    private final String later;

    /**
     * A record with a number, which makes files of tables count.
     *
     * @param <T> the record's own type
     */
    interface Numbered<T extends Numbered<T>> extends CheckedJson.Checked<T> {

        int number();

        /** The files by the table's folder name. */
        Map<String, List<DataFile>> tables();

        String toJson();
    }

    /** The reading of a record's text. */
    interface Reading<T> {
        T of(String json) throws IOException;
    }

    /**
     * The records of a kind.
     *
     * @param file  name of a record's file, without number and extension
     * @param item  name of a numbered item, for messages
     * @param later name of the items after a damaged one, and what deleting their records leads to, for messages
     */
    Records(RunFolder folder, Reading<T> reading, String file, String item, String later) {
        this.folder = folder;
        this.reading = reading;
        this.file = file;
        this.item = item;
        this.later = later;
    }

    /**
     * The files of all records by their numbers.
     *
     * @throws StoreException if the folder cannot be listed
     */
    NavigableMap<Integer, Path> paths() {
        return numbered(folder, FOLDER, Pattern.compile(file + "=(\\d{1,9})\\.json"));
    }

    /**
     * The entries of a folder by the numbers in their names.
     *
     * @param pattern the names, with the number as the first group
     * @throws StoreException if the folder cannot be listed
     */
    static NavigableMap<Integer, Path> numbered(RunFolder folder, String in, Pattern pattern) {
        NavigableMap<Integer, Path> paths = new TreeMap<>();
        try {
            for (FileStatus status : folder.list(in)) {
                Matcher name = pattern.matcher(status.getPath().getName());
                if (name.matches()) {
                    paths.put(Integer.parseInt(name.group(1)), status.getPath());
                }
            }
        } catch (FileNotFoundException e) {
            return paths;
        } catch (IOException e) {
            throw new StoreException(
                    "the folder " + in + " in " + folder + " cannot be listed: " + RunFolder.message(e), e);
        }
        return paths;
    }

    Path path(int number) {
        return new Path(folder.path(FOLDER), file + "=" + number + ".json");
    }

    /**
     * Reads a record.
     *
     * @throws StoreException if the record is damaged, or has another number
     */
    T read(int number, Path path) {
        try {
            T record = read(path);
            if (record.number() != number) {
                throw new IOException("it is the record of " + item + " " + record.number());
            }
            return record;
        } catch (IOException e) {
            throw new StoreException(
                    "the commit record " + RunFolder.show(path) + " is damaged (" + RunFolder.message(e)
                            + "); restore it, or delete it and those of " + later,
                    e);
        }
    }

    private T read(Path path) throws IOException {
        return reading.of(folder.read(path));
    }

    /** What to do about files that are not as a record has them, instead of restoring them. */
    String mend(int number) {
        return "delete " + RunFolder.show(path(number)) + " and the records of " + later;
    }

    /**
     * Publishes a record, so that its files count.
     *
     * @throws StoreException if there is a record with this number, the lease was taken over, or the folder cannot be
     *                        written
     */
    void publish(T record, RunLease lease) {
        lease.publish(record.toJson(), path(record.number()));
    }

    /**
     * Whether this record stands, and not another attempt's; also if that cannot be told, so that nothing is deleted.
     */
    boolean has(T record) {
        Path path = path(record.number());
        try {
            return folder.files().exists(path) && read(path).tables().equals(record.tables());
        } catch (IOException e) {
            return true;
        }
    }
}
