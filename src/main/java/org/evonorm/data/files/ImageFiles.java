package org.evonorm.data.files;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.evonorm.data.ImageCollection;
import org.evonorm.data.ImageSet;
import org.evonorm.data.Images;
import org.evonorm.data.Location;
import org.evonorm.data.files.numpy.NumpyFiles;
import org.evonorm.data.files.parquet.EncodedParquet;
import org.evonorm.data.files.parquet.ParquetImages;
import org.evonorm.data.files.picture.FileFault;
import org.evonorm.data.files.picture.ResizedSet;

/** The door to images in files of all formats: detects the format of a path, and opens the images in one size. */
public final class ImageFiles {

    /** Largest side of resized images, in pixels. */
    public static final int MOST_SIDE = 1024;

    private static final String TEXT_OF_FORMATS =
            "the binary files of CIFAR, a folder per class with PNG, JPEG, GIF or BMP"
                    + " files, NumPy arrays (.npz, .npy) or Parquet files";

    private ImageFiles() {}

    /**
     * The images at a path, not read yet.
     *
     * @param size side of the squares to which images are resized, in pixels; empty for images that agree in size
     * @throws IllegalArgumentException if files are missing, damaged or do not fit together; the message names the file
     * @throws UncheckedIOException     if a file cannot be read
     */
    public static ImageCollection open(ImageFormat format, String path, OptionalInt size, Configuration hadoop) {
        Path location = Location.path(path);
        return switch (format) {
            case CIFAR -> resized(CifarFiles.read(java.nio.file.Path.of(path)).collection(), size);
            case FOLDER -> ImageFolder.open(location, hadoop, size);
            case NUMPY -> NumpyFiles.open(location, hadoop, size);
            case PARQUET ->
                isOfImages(location, hadoop)
                        ? resized(ParquetImages.open(path, hadoop), size)
                        : EncodedParquet.open(location, hadoop, size);
        };
    }

    private static boolean isOfImages(Path location, Configuration hadoop) {
        try {
            return ParquetImages.isOne(location, hadoop);
        } catch (IOException e) {
            throw unreadable(location, e);
        }
    }

    private static ImageCollection resized(ImageCollection images, OptionalInt size) {
        return size.isEmpty()
                ? images
                : new ImageCollection(
                        images.name(),
                        images.classes(),
                        images.classNames(),
                        resized(images.training(), size.getAsInt()),
                        resized(images.test(), size.getAsInt()));
    }

    private static ImageSet resized(ImageSet images, int size) {
        // In memory once, in place of a resizing per selection.
        ResizedSet resized = new ResizedSet(images, size);
        return images instanceof Images ? resized.all() : resized;
    }

    /** Whether there is a file or folder at a path. */
    public static boolean exists(String path, Configuration hadoop) {
        Path location = Location.path(path);
        try {
            return location.getFileSystem(hadoop).exists(location);
        } catch (IOException e) {
            throw unreadable(location, e);
        }
    }

    /**
     * The format of the images at a path.
     *
     * @throws IllegalArgumentException if there is nothing at the path, or no images in it
     */
    public static ImageFormat detect(String path, Configuration hadoop) {
        Path location = Location.path(path);
        try {
            FileSystem files = location.getFileSystem(hadoop);
            if (!files.getFileStatus(location).isDirectory()) {
                return ofFile(location.getName());
            }
            List<FileStatus> entries = List.of(files.listStatus(location));
            List<String> names =
                    entries.stream().map(entry -> entry.getPath().getName()).toList();
            if (names.stream().anyMatch(CifarFiles::isPart)) {
                return ImageFormat.CIFAR;
            }
            if (names.stream().anyMatch(NumpyFiles::isOne)) {
                return ImageFormat.NUMPY;
            }
            if (hasParquet(files, entries)) {
                return ImageFormat.PARQUET;
            }
            if (ImageFolder.isOne(files, location)) {
                return ImageFormat.FOLDER;
            }
            throw new IllegalArgumentException(path + " holds no images that are read: " + TEXT_OF_FORMATS);
        } catch (FileNotFoundException e) {
            throw new IllegalArgumentException("there is no file or folder " + path + "; correct the path", e);
        } catch (IOException e) {
            throw unreadable(location, e);
        }
    }

    private static ImageFormat ofFile(String name) {
        if (NumpyFiles.isOne(name)) {
            return ImageFormat.NUMPY;
        }
        return name.endsWith(EncodedParquet.SUFFIX) ? ImageFormat.PARQUET : ImageFormat.CIFAR;
    }

    /** Whether Parquet files lie in the folder, or in one of its folders or theirs. */
    private static boolean hasParquet(FileSystem files, List<FileStatus> entries) throws IOException {
        if (entries.stream().anyMatch(ImageFiles::isParquet)) {
            return true;
        }
        for (FileStatus entry : entries) {
            if (entry.isDirectory()
                    && isParquetFolder(entry.getPath().getName())
                    && Stream.of(files.listStatus(entry.getPath())).anyMatch(ImageFiles::isParquet)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isParquetFolder(String name) {
        return List.of("data", "train", "training", "default", "plain_text").contains(name);
    }

    private static boolean isParquet(FileStatus entry) {
        return entry.isFile() && entry.getPath().getName().endsWith(EncodedParquet.SUFFIX);
    }

    private static UncheckedIOException unreadable(Path path, IOException e) {
        return new UncheckedIOException(
                "cannot read " + path.toUri().getPath() + " (" + FileFault.message(e) + "); check its permissions", e);
    }
}
