package org.evonorm.data.files.parquet;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.api.ReadSupport;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.evonorm.data.ImageCollection;
import org.evonorm.data.ImageSet;
import org.evonorm.data.Images;
import org.evonorm.data.files.picture.FileFault;

/**
 * The training or the test images of a folder of {@link ParquetImages}; a selection of images reads only the files that
 * have them.
 */
final class ParquetSet implements ImageSet {

    static final String KEY = "evonorm.images.";
    static final MessageType SCHEMA =
            MessageTypeParser.parseMessageType("message images { required int32 label; required binary pixels; }");
    /** The schema that reads the labels alone. */
    private static final String LABELS = "message images { required int32 label; }";

    /**
     * A file of the folder and its metadata.
     *
     * @param set   name of the data set
     * @param count number of images in the whole folder
     * @param first index of the file's first image in the folder
     * @param rows  number of images in the file
     */
    private record PartFile(
            Path path,
            String set,
            int count,
            int height,
            int width,
            int classes,
            List<String> classNames,
            int first,
            int rows) {}

    /** A consumer of rows with the index of the row's image in the folder. */
    private interface RowConsumer {
        void accept(int image, Group row);
    }

    private final List<PartFile> parts;
    private final Configuration hadoop;

    /**
     * Reads the metadata of all files in the folder, and no images.
     *
     * @throws IllegalArgumentException if files are missing, or not written by {@link ParquetImages#write}
     */
    ParquetSet(Path folder, Configuration hadoop) {
        this.hadoop = hadoop;
        this.parts = parts(folder, hadoop);
    }

    private static List<PartFile> parts(Path folder, Configuration hadoop) {
        List<PartFile> parts = new ArrayList<>();
        try {
            for (FileStatus status : folder.getFileSystem(hadoop).listStatus(folder)) {
                if (status.getPath().getName().endsWith(EncodedParquet.SUFFIX)) {
                    parts.add(part(status.getPath(), hadoop));
                }
            }
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    folder + " cannot be read (" + FileFault.message(e)
                            + "); give the folder that evonorm images wrote",
                    e);
        }
        requireSizes(parts);
        parts.sort(Comparator.comparingInt(PartFile::first));
        int next = 0;
        for (PartFile part : parts) {
            PartFile first = parts.get(0);
            if (!part.set.equals(first.set)
                    || part.count != first.count
                    || part.height != first.height
                    || part.width != first.width
                    || part.classes != first.classes
                    || !part.classNames.equals(first.classNames)
                    || part.first < next) {
                throw refusal(part.path, "does not belong with the others in its folder");
            }
            if (part.first == next) {
                next += part.rows;
            }
        }
        if (parts.isEmpty() || next != parts.get(0).count) {
            throw new IllegalArgumentException(folder + " lacks images"
                    + (parts.isEmpty() ? "" : " from number " + next + " of " + parts.get(0).count + " on")
                    + "; write them again with evonorm images");
        }
        return parts;
    }

    private static void requireSizes(List<PartFile> parts) {
        for (PartFile part : parts) {
            if (part.count < 0
                    || part.height < 1
                    || part.width < 1
                    || part.classes < 1
                    || part.classes > ImageCollection.MOST_CLASSES) {
                throw refusal(part.path, "has impossible numbers in its metadata");
            }
        }
    }

    /** Whether a file is whole Parquet that evonorm did not write. */
    static boolean isOfAnotherKind(Path path, Configuration hadoop) {
        try (ParquetFileReader reader = ParquetFileReader.open(HadoopInputFile.fromPath(path, hadoop))) {
            return !reader.getFooter().getFileMetaData().getKeyValueMetaData().containsKey(KEY + "set");
        } catch (IOException | RuntimeException e) {
            // Damaged files are refused where the folder is opened.
            return false;
        }
    }

    private static PartFile part(Path path, Configuration hadoop) {
        try (ParquetFileReader reader = ParquetFileReader.open(HadoopInputFile.fromPath(path, hadoop))) {
            Map<String, String> metadata = reader.getFooter().getFileMetaData().getKeyValueMetaData();
            if (!metadata.containsKey(KEY + "set")
                    || !reader.getFileMetaData().getSchema().equals(SCHEMA)) {
                throw refusal(path, "holds no images that evonorm wrote");
            }
            return new PartFile(
                    path,
                    metadata.get(KEY + "set"),
                    number(metadata, "count"),
                    number(metadata, "height"),
                    number(metadata, "width"),
                    number(metadata, "classes"),
                    metadata.getOrDefault(KEY + "class-names", "").lines().toList(),
                    number(metadata, "first"),
                    Math.toIntExact(reader.getRecordCount()));
        } catch (NumberFormatException e) {
            throw refusal(path, "has impossible numbers in its metadata");
        } catch (IOException | RuntimeException e) {
            throw FileFault.naming(
                    path.toString(), e, () -> refusal(path, "is no whole Parquet file (" + FileFault.message(e) + ")"));
        }
    }

    private static int number(Map<String, String> metadata, String key) {
        return Integer.parseInt(metadata.get(KEY + key));
    }

    String name() {
        return parts.get(0).set;
    }

    @Override
    public int count() {
        return parts.get(0).count;
    }

    int classes() {
        return parts.get(0).classes;
    }

    /** Name per class; empty where the set has class numbers alone. */
    List<String> classNames() {
        return parts.get(0).classNames;
    }

    @Override
    public short[] labels() {
        short[] labels = new short[count()];
        Configuration labelsAlone = withChecksums();
        labelsAlone.set(ReadSupport.PARQUET_READ_SCHEMA, LABELS);
        parts.forEach(part -> read(part, labelsAlone, (image, row) -> labels[image] = label(part, row)));
        return labels;
    }

    /**
     * The images at these indices; files without any of the images are not read.
     *
     * @param images indices in increasing order
     * @throws IllegalArgumentException if a file that is read is damaged
     */
    @Override
    public Images select(int[] images) {
        PartFile set = parts.get(0);
        int imageBytes = set.height * set.width * Images.CHANNELS;
        byte[] pixels = new byte[Images.bytes(images.length, set.height, set.width)];
        short[] labels = new short[images.length];
        Configuration configuration = withChecksums();
        for (PartFile part : parts) {
            int from = insertionPoint(images, part.first);
            if (from < insertionPoint(images, part.first + part.rows)) {
                read(part, configuration, (image, row) -> {
                    int at = Arrays.binarySearch(images, image);
                    if (at >= 0) {
                        System.arraycopy(pixels(part, row, imageBytes), 0, pixels, at * imageBytes, imageBytes);
                        labels[at] = label(part, row);
                    }
                });
            }
        }
        return new Images(images.length, set.height, set.width, pixels, labels, set.classes);
    }

    /** The position of the first index that is at least {@code image}. */
    private static int insertionPoint(int[] images, int image) {
        int at = Arrays.binarySearch(images, image);
        return at >= 0 ? at : -at - 1;
    }

    private static short label(PartFile part, Group row) {
        int label = row.getInteger("label", 0);
        if (label < 0 || label >= part.classes) {
            throw refusal(part.path, "has label " + label + ", though its classes are 0 to " + (part.classes - 1));
        }
        return (short) label;
    }

    private static byte[] pixels(PartFile part, Group row, int imageBytes) {
        byte[] bytes = row.getBinary("pixels", 0).getBytesUnsafe();
        if (bytes.length != imageBytes) {
            throw refusal(part.path, "holds an image of " + bytes.length + " bytes instead of " + imageBytes);
        }
        return bytes;
    }

    private static void read(PartFile part, Configuration configuration, RowConsumer consumer) {
        try (ParquetReader<Group> reader = ParquetReader.builder(new GroupReadSupport(), part.path)
                .withConf(configuration)
                .build()) {
            int image = part.first;
            for (Group row = reader.read(); row != null; row = reader.read()) {
                consumer.accept(image++, row);
            }
        } catch (IOException | RuntimeException e) {
            throw FileFault.naming(
                    part.path.toString(), e, () -> refusal(part.path, "is damaged (" + FileFault.message(e) + ")"));
        }
    }

    /** Checksums of pages are not verified by default. */
    private Configuration withChecksums() {
        Configuration configuration = new Configuration(hadoop);
        configuration.setBoolean("parquet.page.verify-checksum.enabled", true);
        return configuration;
    }

    private static IllegalArgumentException refusal(Path path, String what) {
        return new IllegalArgumentException(path + " " + what + "; write the images again with evonorm images");
    }
}
