package org.evonorm.data.files;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
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
import org.evonorm.text.Quotation;

/**
 * Image files in one folder per class, whose name is the class's, as torchvision's ImageFolder has them; or such
 * folders in {@code train/} and {@code test/} or {@code val/}. Classes are numbered in the order of their names
 * (docs/images.md, "A folder per class").
 */
final class ImageFolder implements PictureSource {

    private static final Set<String> READ = Set.of("png", "jpg", "jpeg", "jpe", "jfif", "gif", "bmp");
    /** Formats of images that javax.imageio does not read; leaving such files out would change a data set unnoticed. */
    private static final Set<String> NOT_READ =
            Set.of("webp", "tif", "tiff", "avif", "heic", "heif", "jp2", "jxl", "ppm", "pgm", "pbm", "tga", "psd");

    private static final List<String> TRAINING = List.of("train", "training");
    private static final List<String> TEST = List.of("test", "val", "valid", "validation");

    /** Largest number of files of a folder. */
    private static final int MOST_FILES = 20_000_000;

    private final FileSystem files;
    private final List<Path> paths;
    private final short[] labels;

    private ImageFolder(FileSystem files, List<Path> paths, short[] labels) {
        this.files = files;
        this.paths = paths;
        this.labels = labels;
    }

    /** Whether a folder has sub-folders, in which images may lie. */
    static boolean isOne(FileSystem files, Path folder) throws IOException {
        return !folders(files, folder).isEmpty();
    }

    /**
     * The images of a folder.
     *
     * @throws IllegalArgumentException if a class has no image, or a file is an image of an unknown format
     * @throws UncheckedIOException     if a folder cannot be read
     */
    static ImageCollection open(Path folder, Configuration hadoop, OptionalInt size) {
        try {
            FileSystem files = folder.getFileSystem(hadoop);
            Optional<Path> training = part(files, folder, TRAINING);
            Path root = training.orElse(folder);
            List<String> classes = folders(files, root);
            if (classes.size() > ImageCollection.MOST_CLASSES) {
                throw new IllegalArgumentException(shown(root) + " has " + classes.size() + " class folders, more than "
                        + ImageCollection.MOST_CLASSES);
            }
            if (classes.size() < 2) {
                throw new IllegalArgumentException(shown(root) + " has " + classes.size()
                        + " sub-folder" + (classes.size() == 1 ? "" : "s")
                        + "; a folder of images has one sub-folder per class, and at least 2 classes");
            }
            Optional<Path> test = training.isPresent() ? part(files, folder, TEST) : Optional.empty();
            Optional<PictureSource> tested = Optional.empty();
            if (test.isPresent()) {
                tested = Optional.of(read(files, test.get(), sameClasses(files, test.get(), classes)));
            }
            return ClassLabels.collection(
                    folder.getName().isEmpty() ? "images" : folder.getName(),
                    classes,
                    read(files, root, classes),
                    tested,
                    size);
        } catch (FileNotFoundException e) {
            throw new IllegalArgumentException("there is no folder " + shown(folder) + "; correct the path", e);
        } catch (IOException e) {
            throw unreadable(folder, e);
        }
    }

    /** The first of these folders that has sub-folders. */
    private static Optional<Path> part(FileSystem files, Path folder, List<String> names) throws IOException {
        List<String> present = folders(files, folder);
        for (String name : names) {
            Path part = new Path(folder, name);
            if (present.contains(name) && !folders(files, part).isEmpty()) {
                return Optional.of(part);
            }
        }
        return Optional.empty();
    }

    /** The folder of this name, in which a colon ends no scheme. */
    private static Path child(Path folder, String name) {
        return new Path(folder, new Path(null, null, name));
    }

    private static List<String> folders(FileSystem files, Path folder) throws IOException {
        return Arrays.stream(files.listStatus(folder))
                .filter(FileStatus::isDirectory)
                .map(status -> status.getPath().getName())
                .filter(name -> !FileTree.isHidden(name))
                .sorted()
                .toList();
    }

    private static List<String> sameClasses(FileSystem files, Path test, List<String> classes) throws IOException {
        List<String> tested = folders(files, test);
        for (String name : tested) {
            if (!classes.contains(name)) {
                throw new IllegalArgumentException(shown(child(test, name))
                        + " is of no class, since the training images have no folder of this name");
            }
        }
        for (String name : classes) {
            if (!tested.contains(name)) {
                throw new IllegalArgumentException(shown(test) + " has no folder " + Quotation.shown(name)
                        + ", which the training images have; add it with its images");
            }
        }
        return classes;
    }

    private static ImageFolder read(FileSystem files, Path root, List<String> classes) throws IOException {
        List<Path> paths = new ArrayList<>();
        List<Integer> ends = new ArrayList<>();
        for (String name : classes) {
            Path folder = child(root, name);
            List<Path> ofClass = images(files, folder);
            if (ofClass.isEmpty()) {
                throw new IllegalArgumentException("the class folder " + shown(folder)
                        + " has no PNG, JPEG, GIF or BMP; add images, or remove the folder");
            }
            paths.addAll(ofClass);
            ends.add(paths.size());
            if (paths.size() > MOST_FILES) {
                throw new IllegalArgumentException(shown(root) + " has more than " + MOST_FILES + " images");
            }
        }
        short[] labels = new short[paths.size()];
        for (int label = 0; label < classes.size(); label++) {
            Arrays.fill(labels, label == 0 ? 0 : ends.get(label - 1), ends.get(label), (short) label);
        }
        return new ImageFolder(files, List.copyOf(paths), labels);
    }

    /** The images in a class's folder and the folders below, in the order of their paths. */
    private static List<Path> images(FileSystem files, Path folder) throws IOException {
        List<Path> images = new ArrayList<>();
        for (FileStatus file : FileTree.files(files, folder)) {
            String name = file.getPath().getName();
            String extension = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
            if (NOT_READ.contains(extension)) {
                throw new IllegalArgumentException(shown(file.getPath()) + " is an image of the kind "
                        + extension.toUpperCase(Locale.ROOT)
                        + ", which is not read; convert it to PNG or JPEG, or remove it");
            }
            if (READ.contains(extension)) {
                if (file.getLen() > EncodedPicture.MOST_BYTES) {
                    throw new IllegalArgumentException(shown(file.getPath()) + " has " + file.getLen()
                            + " bytes, more than the " + EncodedPicture.MOST_BYTES + " that an image may have");
                }
                images.add(file.getPath());
            }
        }
        return images;
    }

    private static String shown(Path path) {
        return Quotation.message(
                path.toUri().getScheme() == null || path.toUri().getScheme().equals("file")
                        ? path.toUri().getPath()
                        : path.toString());
    }

    private static UncheckedIOException unreadable(Path path, IOException e) {
        return new UncheckedIOException(
                "cannot read " + shown(path) + " (" + FileFault.message(e) + "); check its permissions", e);
    }

    @Override
    public int count() {
        return paths.size();
    }

    @Override
    public short[] labels() {
        return labels;
    }

    @Override
    public String title(int picture) {
        return shown(paths.get(picture));
    }

    @Override
    public void read(int[] pictures, Sink sink) {
        for (int picture : pictures) {
            sink.take(picture, 0, () -> EncodedPicture.decode(title(picture), bytes(paths.get(picture))));
        }
    }

    private byte[] bytes(Path path) {
        try (InputStream input = files.open(path)) {
            return input.readNBytes(EncodedPicture.MOST_BYTES);
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }
}
