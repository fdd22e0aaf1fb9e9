package org.evonorm.data.files.parquet;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.evonorm.data.ImageCollection;
import org.evonorm.data.files.picture.ClassLabels;
import org.evonorm.data.files.picture.EncodedPicture;
import org.evonorm.data.files.picture.FileFault;
import org.evonorm.data.files.picture.FileTree;
import org.evonorm.data.files.picture.PictureSource;

/**
 * Encoded pictures and labels in Parquet files, as hubs of data sets ship them: {@code train-*}, {@code test-*} and
 * {@code validation-*}, at the top or in folders of these names (docs/images.md, "Parquet with encoded images").
 */
public final class EncodedParquet implements PictureSource {

    /** The end of the names of Parquet files. */
    public static final String SUFFIX = ".parquet";

    private static final Pattern PART =
            Pattern.compile("(train|training|test|val|valid|validation)(?:[-_.].*)?", Pattern.CASE_INSENSITIVE);

    /** A row of a part and its file. */
    private record Row(EncodedParquetFile file, int number) {}

    private final List<EncodedParquetFile> files;
    private final short[] labels;

    private EncodedParquet(List<EncodedParquetFile> files) {
        this.files = files;
        int count = 0;
        for (EncodedParquetFile file : files) {
            count = Math.addExact(count, file.rows());
        }
        this.labels = new short[count];
        int first = 0;
        for (EncodedParquetFile file : files) {
            file.readLabels(labels, first);
            first += file.rows();
        }
    }

    /**
     * The pictures of a file, or of all files in a folder and its sub-folders.
     *
     * @throws IllegalArgumentException if there is no file, or one is damaged or has other columns
     * @throws UncheckedIOException     if a folder cannot be read
     */
    public static ImageCollection open(Path path, Configuration hadoop, OptionalInt size) {
        String place = path.toUri().getPath();
        Map<String, List<EncodedParquetFile>> parts = new TreeMap<>();
        try {
            FileSystem system = path.getFileSystem(hadoop);
            for (Path file : paths(system, path)) {
                parts.computeIfAbsent(part(system.makeQualified(path), file), part -> new ArrayList<>())
                        .add(EncodedParquetFile.open(file, hadoop));
            }
        } catch (FileNotFoundException e) {
            throw new IllegalArgumentException("there is no file or folder " + place + "; correct the path", e);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot read " + place + " (" + FileFault.message(e) + "); check its permissions", e);
        }
        if (parts.containsKey("") && parts.containsKey("training")) {
            throw new IllegalArgumentException(parts.get("").get(0).title()
                    + " is of no part, though other files are of the training part; name it train-… or test-…");
        }
        List<EncodedParquetFile> training = Optional.ofNullable(parts.get("training"))
                .or(() -> Optional.ofNullable(parts.get("")))
                .orElseThrow(() -> new IllegalArgumentException(
                        place + " has no Parquet file with training images; name the files train-….parquet"));
        Optional<PictureSource> test = Optional.ofNullable(parts.get("test"))
                .or(() -> Optional.ofNullable(parts.get("validation")))
                .map(EncodedParquet::new);
        String name = path.getName().replaceAll("\\" + SUFFIX + "$", "");
        return ClassLabels.collection(
                name.isEmpty() ? "images" : name,
                training.get(0).classNames(),
                new EncodedParquet(training),
                test,
                size);
    }

    private static List<Path> paths(FileSystem system, Path path) throws IOException {
        return FileTree.files(system, path).stream()
                .map(FileStatus::getPath)
                .filter(file -> file.getName().endsWith(SUFFIX))
                .toList();
    }

    /** The part that a file's name tells, else the nearest of its folders below the root; empty if none does. */
    private static String part(Path root, Path file) {
        Path end = file.equals(root) ? file.getParent() : root;
        for (Path at = file; at != null && !at.equals(end); at = at.getParent()) {
            Matcher part = PART.matcher(at.getName());
            if (part.matches()) {
                String word = part.group(1).toLowerCase(Locale.ROOT);
                return word.startsWith("train") ? "training" : word.startsWith("val") ? "validation" : word;
            }
        }
        return "";
    }

    @Override
    public int count() {
        return labels.length;
    }

    @Override
    public short[] labels() {
        return labels;
    }

    private Row row(int picture) {
        int number = picture;
        for (EncodedParquetFile file : files) {
            if (number < file.rows()) {
                return new Row(file, number);
            }
            number -= file.rows();
        }
        throw new IllegalArgumentException("there is no image " + picture + " of " + labels.length);
    }

    @Override
    public String title(int picture) {
        Row row = row(picture);
        return "row " + row.number + " of " + row.file.title();
    }

    @Override
    public void read(int[] pictures, Sink sink) {
        int at = 0;
        int first = 0;
        for (EncodedParquetFile file : files) {
            int end = first + file.rows();
            int from = at;
            while (at < pictures.length && pictures[at] < end) {
                at++;
            }
            if (at > from) {
                int[] rows = new int[at - from];
                for (int i = 0; i < rows.length; i++) {
                    rows[i] = pictures[from + i] - first;
                }
                int before = first;
                file.readPictures(
                        rows,
                        (row, bytes) -> sink.take(
                                before + row,
                                bytes.length,
                                () -> EncodedPicture.decode("row " + row + " of " + file.title(), bytes)));
            }
            first = end;
        }
    }
}
