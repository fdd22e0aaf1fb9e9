package org.evonorm.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.api.Binary;
import org.evonorm.text.Quotation;

/**
 * Training and test images in a folder of Parquet files on any file system of Hadoop, from which executors read only
 * the images that they need. The folders {@code training/} and {@code test/} have some thousand images per file and one
 * row per image, with label and pixels ([height, width, 3]). The metadata of each file name its images and their total
 * number, so that missing files are noticed.
 *
 * @param name name of the data set, for example {@code cifar10}
 */
public record ParquetImages(String name, Images training, Images test) {

    private static final int IMAGES_PER_FILE = 4096;

    /**
     * Writes the images to a new folder.
     *
     * @throws IllegalArgumentException if {@code folder} exists already
     * @throws UncheckedIOException     if the folder cannot be written
     */
    public void write(String folder, Configuration hadoop) {
        requireNew(folder, hadoop);
        Path path = Location.path(folder);
        try {
            FileSystem files = path.getFileSystem(hadoop);
            try {
                write(new Path(path, "training"), training, hadoop);
                write(new Path(path, "test"), test, hadoop);
            } catch (FSError e) {
                // Hadoop's local file system throws an error, no exception, where the disk is full.
                discard(files, path);
                throw new IOException(e.getCause().getMessage(), e);
            } catch (IOException e) {
                discard(files, path);
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "the images cannot be written to " + Quotation.shown(folder) + " (" + ParquetSet.message(e)
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
                    "the images cannot be written to " + Quotation.shown(folder) + " (" + ParquetSet.message(e)
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

    private void write(Path folder, Images images, Configuration hadoop) throws IOException {
        int imageBytes = images.height() * images.width() * Images.CHANNELS;
        for (int first = 0; first < images.count(); first += IMAGES_PER_FILE) {
            String file = String.format(Locale.ROOT, "part-%05d%s", first / IMAGES_PER_FILE, ParquetSet.SUFFIX);
            Path path = new Path(folder, file);
            Map<String, String> metadata = Map.of(
                    ParquetSet.KEY + "set",
                    name,
                    ParquetSet.KEY + "count",
                    "" + images.count(),
                    ParquetSet.KEY + "height",
                    "" + images.height(),
                    ParquetSet.KEY + "width",
                    "" + images.width(),
                    ParquetSet.KEY + "classes",
                    "" + images.classes(),
                    ParquetSet.KEY + "first",
                    "" + first);
            try (ParquetWriter<Group> writer = ExampleParquetWriter.builder(path)
                    .withType(ParquetSet.SCHEMA)
                    .withConf(hadoop)
                    .withExtraMetaData(metadata)
                    .withCompressionCodec(CompressionCodecName.ZSTD)
                    .withDictionaryEncoding(false)
                    .withPageWriteChecksumEnabled(true)
                    .build()) {
                for (int i = first; i < Math.min(first + IMAGES_PER_FILE, images.count()); i++) {
                    writer.write(new SimpleGroup(ParquetSet.SCHEMA)
                            .append("label", images.label(i))
                            .append(
                                    "pixels",
                                    Binary.fromConstantByteArray(images.pixels(), i * imageBytes, imageBytes)));
                }
            }
        }
    }

    /**
     * The images that {@link #write} wrote to a folder.
     *
     * @throws IllegalArgumentException if files are missing, damaged, or not written by {@link #write}
     */
    public static ParquetImages read(String folder, Configuration hadoop) {
        ParquetSet training = training(folder, hadoop);
        ParquetSet test = test(folder, hadoop);
        return new ParquetImages(training.name(), training.all(), test.all());
    }

    /** The training images of a folder, not read yet. */
    static ParquetSet training(String folder, Configuration hadoop) {
        return new ParquetSet(new Path(Location.path(folder), "training"), hadoop);
    }

    /** The test images of a folder, not read yet. */
    static ParquetSet test(String folder, Configuration hadoop) {
        return new ParquetSet(new Path(Location.path(folder), "test"), hadoop);
    }
}
