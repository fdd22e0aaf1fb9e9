package org.evonorm.data.files.parquet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.api.Binary;
import org.evonorm.data.ImageCollection;
import org.evonorm.data.ImageSet;
import org.evonorm.data.Images;
import org.evonorm.data.Location;
import org.evonorm.data.files.picture.FileFault;
import org.evonorm.text.Quotation;

/**
 * The folder of Parquet files that {@code evonorm images} writes, on any file system of Hadoop, from which executors
 * read only the images that they need. The folders {@code training/} and {@code test/} have some thousand images per
 * file and one row per image, with label and pixels ([height, width, 3]). The metadata of each file name its images and
 * their total number, so that missing files are noticed (docs/images.md, "Parquet that evonorm writes").
 */
public final class ParquetImages {

    private static final int IMAGES_PER_FILE = 4096;

    private ParquetImages() {}

    /**
     * Writes the images to a new folder.
     *
     * @throws IllegalArgumentException if {@code folder} exists already, or images cannot be read
     * @throws UncheckedIOException     if the folder cannot be written
     */
    public static void write(ImageCollection images, String folder, Configuration hadoop) {
        requireNew(folder, hadoop);
        Path path = Location.path(folder);
        try {
            FileSystem files = path.getFileSystem(hadoop);
            try {
                write(images, images.training(), new Path(path, "training"), hadoop);
                write(images, images.test(), new Path(path, "test"), hadoop);
            } catch (FSError e) {
                // Hadoop's local file system throws an error, no exception, where the disk is full.
                discard(files, path);
                throw new IOException(e.getCause().getMessage(), e);
            } catch (IOException | RuntimeException e) {
                discard(files, path);
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "the images cannot be written to " + Quotation.shown(folder) + " (" + FileFault.message(e)
                            + "); free space, make the folder writable or name another",
                    e);
        }
    }

    /**
     * Refuses a folder that exists, before images for it are read or drawn.
     *
     * @throws IllegalArgumentException if {@code folder} exists already
     * @throws UncheckedIOException     if its file system cannot be reached
     */
    public static void requireNew(String folder, Configuration hadoop) {
        Path path = Location.path(folder);
        try {
            if (path.getFileSystem(hadoop).exists(path)) {
                throw new IllegalArgumentException(
                        Quotation.shown(folder) + " is there already; name a folder that is not");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "the images cannot be written to " + Quotation.shown(folder) + " (" + FileFault.message(e)
                            + "); name another folder",
                    e);
        }
    }

    /** Removes a part of the images, so that the same command can write them once the fault is mended. */
    private static void discard(FileSystem files, Path folder) {
        try {
            files.delete(folder, true);
        } catch (IOException e) {
            // The caller gets the exception of the write.
            return;
        }
    }

    private static void write(ImageCollection collection, ImageSet images, Path folder, Configuration hadoop)
            throws IOException {
        for (int first = 0; first < images.count(); first += IMAGES_PER_FILE) {
            write(collection, images, first, folder, hadoop);
        }
    }

    /** Writes the file of the images from {@code first} on, a part of them at a time. */
    private static void write(ImageCollection collection, ImageSet images, int first, Path folder, Configuration hadoop)
            throws IOException {
        int end = Math.min(first + IMAGES_PER_FILE, images.count());
        Images one = images.select(new int[] {first});
        int imageBytes = Images.bytes(1, one.height(), one.width());
        String file = String.format(Locale.ROOT, "part-%05d%s", first / IMAGES_PER_FILE, EncodedParquet.SUFFIX);
        try (ParquetWriter<Group> writer = ExampleParquetWriter.builder(new Path(folder, file))
                .withType(ParquetSet.SCHEMA)
                .withConf(hadoop)
                .withExtraMetaData(metadata(collection, images.count(), one, first))
                .withCompressionCodec(CompressionCodecName.ZSTD)
                .withDictionaryEncoding(false)
                .withPageWriteChecksumEnabled(true)
                .build()) {
            for (int[] indices : images.parts(IntStream.range(first, end).toArray())) {
                Images part = images.select(indices);
                for (int i = 0; i < part.count(); i++) {
                    writer.write(new SimpleGroup(ParquetSet.SCHEMA)
                            .append("label", part.label(i))
                            .append("pixels", Binary.fromConstantByteArray(part.pixels(), i * imageBytes, imageBytes)));
                }
            }
        }
    }

    private static Map<String, String> metadata(ImageCollection collection, int count, Images size, int first) {
        Map<String, String> metadata = new HashMap<>(Map.of(
                ParquetSet.KEY + "set",
                collection.name(),
                ParquetSet.KEY + "count",
                "" + count,
                ParquetSet.KEY + "height",
                "" + size.height(),
                ParquetSet.KEY + "width",
                "" + size.width(),
                ParquetSet.KEY + "classes",
                "" + collection.classes(),
                ParquetSet.KEY + "first",
                "" + first));
        if (!collection.classNames().isEmpty()) {
            metadata.put(
                    ParquetSet.KEY + "class-names",
                    collection.classNames().stream()
                            .map(name -> name.replaceAll("\\R", " "))
                            .collect(Collectors.joining("\n")));
        }
        return metadata;
    }

    /** Whether a folder is of the form that {@link #write} gives it; files of other kinds are refused there. */
    public static boolean isOne(Path folder, Configuration hadoop) throws IOException {
        Path training = new Path(folder, "training");
        FileSystem files = folder.getFileSystem(hadoop);
        return files.exists(training)
                && Arrays.stream(files.listStatus(training))
                        .map(FileStatus::getPath)
                        .filter(file -> file.getName().endsWith(EncodedParquet.SUFFIX))
                        .sorted()
                        .limit(1)
                        .noneMatch(file -> ParquetSet.isOfAnotherKind(file, hadoop));
    }

    /**
     * The images that {@link #write} wrote to a folder, not read yet.
     *
     * @throws IllegalArgumentException if files are missing, damaged, or not written by {@link #write}
     */
    public static ImageCollection open(String folder, Configuration hadoop) {
        ParquetSet training = new ParquetSet(new Path(Location.path(folder), "training"), hadoop);
        ParquetSet test = new ParquetSet(new Path(Location.path(folder), "test"), hadoop);
        return new ImageCollection(training.name(), training.classes(), training.classNames(), training, test);
    }
}
