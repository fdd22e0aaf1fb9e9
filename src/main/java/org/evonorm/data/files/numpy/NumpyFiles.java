package org.evonorm.data.files.numpy;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.evonorm.data.ImageCollection;
import org.evonorm.data.files.picture.ClassLabels;
import org.evonorm.data.files.picture.FileFault;
import org.evonorm.data.files.picture.PictureSource;

/**
 * Arrays of images and labels that NumPy saved, in one {@code .npz} or as {@code .npy} files in one folder. The names
 * of arrays tell what they are: a word for images or labels, with or without a word for the part (docs/images.md,
 * "NumPy").
 */
public final class NumpyFiles {

    private static final String ARRAY = ".npy";
    private static final String ARCHIVE = ".npz";

    private static final String PART = "train|training|test|val|valid|validation";
    private static final Pattern NAME = Pattern.compile("(?:(?<before>" + PART + ")[_-]?)??(?<kind>x|images?|imgs?|data"
            + "|y|labels?|targets?)(?:[_-]?(?<after>" + PART + "))?");
    private static final Pattern OF_LABELS = Pattern.compile("y|labels?|targets?");

    private final String place;
    /** The arrays whose names tell what they are: images and labels, by part. */
    private final Map<String, NpyArray> images = new TreeMap<>();

    private final Map<String, NpyArray> labels = new TreeMap<>();

    private NumpyFiles(String place) {
        this.place = place;
    }

    /** Whether a file's name is one of NumPy's. */
    public static boolean isOne(String name) {
        return name.endsWith(ARRAY) || name.endsWith(ARCHIVE);
    }

    /**
     * The images of an archive, of a folder of arrays, or of an array beside its labels.
     *
     * @throws IllegalArgumentException if arrays are missing, do not fit or are damaged
     * @throws UncheckedIOException     if a file cannot be read
     */
    public static ImageCollection open(Path path, Configuration hadoop, OptionalInt size) {
        NumpyFiles arrays = new NumpyFiles(path.toUri().getPath());
        try {
            FileSystem files = path.getFileSystem(hadoop);
            FileStatus status = files.getFileStatus(path);
            if (status.isDirectory()) {
                arrays.addFolder(files, path);
                Optional<Path> archive = arrays.isEmpty() ? onlyArchive(files, path) : Optional.empty();
                if (archive.isPresent()) {
                    return open(archive.get(), hadoop, size);
                }
            } else if (path.getName().endsWith(ARCHIVE)) {
                arrays.addArchive(files, path);
            } else {
                arrays.addFolder(files, path.getParent());
                arrays.requireTraining(path);
            }
        } catch (FileNotFoundException e) {
            throw new IllegalArgumentException("there is no file or folder " + arrays.place + "; correct the path", e);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot read " + arrays.place + " (" + FileFault.message(e)
                            + "); it is damaged, or may not be read",
                    e);
        }
        return arrays.collection(stem(path.getName()), size);
    }

    private boolean isEmpty() {
        return images.isEmpty() && labels.isEmpty();
    }

    /** The archive of a folder without arrays; empty if there is none. */
    private static Optional<Path> onlyArchive(FileSystem files, Path folder) throws IOException {
        List<Path> archives = Arrays.stream(files.listStatus(folder))
                .map(FileStatus::getPath)
                .filter(path -> path.getName().endsWith(ARCHIVE))
                .sorted()
                .toList();
        if (archives.size() > 1) {
            throw new IllegalArgumentException(folder.toUri().getPath() + " holds " + archives.size() + " archives, as "
                    + archives.get(0).getName() + "; give the path of one");
        }
        return archives.stream().findFirst();
    }

    private static String stem(String name) {
        return isOne(name) ? name.substring(0, name.length() - ARRAY.length()) : name;
    }

    private void addFolder(FileSystem files, Path folder) throws IOException {
        for (FileStatus status : files.listStatus(folder)) {
            Path path = status.getPath();
            if (status.isFile() && path.getName().endsWith(ARRAY) && isKnown(stem(path.getName()))) {
                String title = path.toUri().getPath();
                NpyHeader header;
                try (InputStream input = files.open(path)) {
                    header = NpyHeader.read(title, input);
                }
                NpyArray array = new NpyArray(title, header, () -> {
                    InputStream input = files.open(path);
                    input.skipNBytes(header.length());
                    return input;
                });
                if (status.getLen() - header.length() < array.bytes()) {
                    throw array.cut();
                }
                add(stem(path.getName()), array);
            }
        }
    }

    /** Reads an archive once as a whole, which shows damage by its checksums, and remembers the headers. */
    private void addArchive(FileSystem files, Path archive) throws IOException {
        try (ZipInputStream zip = new ZipInputStream(files.open(archive))) {
            boolean any = false;
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                any = true;
                String name = entry.getName();
                if (name.endsWith(ARRAY) && isKnown(stem(name))) {
                    NpyHeader header = NpyHeader.read(name + " in " + place, zip);
                    NpyArray array = new NpyArray(
                            name + " in " + place, header, () -> opened(files, archive, name, header.length()));
                    long bytes = drain(zip, array.bytes());
                    if (bytes < array.bytes()) {
                        throw array.cut();
                    }
                    if (bytes > array.bytes() && array.isOfIntegers()) {
                        throw new IllegalArgumentException(array.title()
                                + " has more elements than its shape says; save it again with numpy.savez");
                    }
                    add(stem(name), array);
                }
            }
            if (!any) {
                throw new IllegalArgumentException(
                        place + " is no archive of NumPy; save it with numpy.savez or numpy.savez_compressed");
            }
        }
    }

    /** Reads up to {@code atMost} bytes, and one more read to the end of the entry for its checksum. */
    private static long drain(InputStream input, long atMost) throws IOException {
        byte[] buffer = new byte[1 << 16];
        long bytes = 0;
        int read = 0;
        while (read >= 0 && bytes <= atMost) {
            read = input.read(buffer);
            bytes += Math.max(0, read);
        }
        return bytes;
    }

    private static InputStream opened(FileSystem files, Path archive, String name, int header) throws IOException {
        ZipInputStream zip = new ZipInputStream(files.open(archive));
        try {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                if (entry.getName().equals(name)) {
                    zip.skipNBytes(header);
                    return zip;
                }
            }
        } catch (IOException e) {
            zip.close();
            throw e;
        }
        zip.close();
        throw new FileNotFoundException("it has no longer an array " + name);
    }

    private static boolean isKnown(String name) {
        return NAME.matcher(name.toLowerCase(Locale.ROOT)).matches();
    }

    private void add(String name, NpyArray array) {
        Matcher parsed = NAME.matcher(name.toLowerCase(Locale.ROOT));
        if (!parsed.matches()) {
            return;
        }
        String part = Optional.ofNullable(parsed.group("before"))
                .or(() -> Optional.ofNullable(parsed.group("after")))
                .orElse("train");
        String group = part.startsWith("train") ? "training" : part.startsWith("val") ? "validation" : part;
        boolean ofLabels = OF_LABELS.matcher(parsed.group("kind")).matches();
        NpyArray other = (ofLabels ? labels : images).put(group, array);
        if (other != null) {
            throw new IllegalArgumentException(other.title() + " and " + array.title() + " are both "
                    + (ofLabels ? "labels" : "images") + " of the " + group + " part; keep one");
        }
    }

    /** Refuses a file that is not the array of training images. */
    private void requireTraining(Path path) {
        NpyArray training = images.get("training");
        if (training == null || !training.title().equals(path.toUri().getPath())) {
            throw new IllegalArgumentException(place + " is not named as training images are; name it images.npy or"
                    + " x_train.npy, with labels.npy or y_train.npy beside it");
        }
    }

    private ImageCollection collection(String name, OptionalInt size) {
        Optional<PictureSource> test = pictures("test").or(() -> pictures("validation"));
        PictureSource training = pictures("training")
                .orElseThrow(
                        () -> new IllegalArgumentException(place + " has no array of training images; name the arrays"
                                + " x_train and y_train, train_images and train_labels, or images and labels"));
        return ClassLabels.collection(name, List.of(), training, test, size);
    }

    private Optional<PictureSource> pictures(String part) {
        NpyArray pictures = images.get(part);
        NpyArray numbers = labels.get(part);
        if (pictures == null && numbers == null) {
            return Optional.empty();
        }
        if (pictures == null || numbers == null) {
            throw new IllegalArgumentException((pictures == null ? numbers : pictures).title() + " has no array of "
                    + (pictures == null ? "images" : "labels") + " of the same part beside it in " + place
                    + "; name it, for example, " + (pictures == null ? "x_" : "y_")
                    + (part.equals("training") ? "train" : part));
        }
        return Optional.of(new NumpyPictures(pictures, numbers));
    }
}
