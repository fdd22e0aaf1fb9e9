package org.evonorm.data;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
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

/** The training or the test images of {@link ParquetImages}, of which no more files are read than are wanted. */
final class ParquetSet {

    static final String SUFFIX = ".parquet";
    static final String KEY = "evonorm.images.";
    static final MessageType SCHEMA =
            MessageTypeParser.parseMessageType("message images { required int32 label; required binary pixels; }");
    private static final String LABELS = "message images { required int32 label; }";

    /**
     * What a file says of itself.
     *
     * @param set   name of the data set
     * @param count of all images in the folder
     * @param first index of the file's first image among them
     * @param rows  images in the file
     */
    private record Part(Path path, String set, int count, int height, int width, int classes, int first, int rows) {}

    /** Hears of a row: the image's number, and the row. */
    private interface Rows {
        void row(int image, Group row);
    }

    private final List<Part> parts;
    private final Configuration hadoop;

    /**
     * Looks at what the files say of themselves.
     *
     * @throws IllegalArgumentException if they are not what {@link ParquetImages#write} wrote, or not all are there
     */
    ParquetSet(Path folder, Configuration hadoop) {
        this.hadoop = hadoop;
        this.parts = parts(folder, hadoop);
    }

    private static List<Part> parts(Path folder, Configuration hadoop) {
        List<Part> parts = new ArrayList<>();
        try {
            for (FileStatus status : folder.getFileSystem(hadoop).listStatus(folder)) {
                if (status.getPath().getName().endsWith(SUFFIX)) {
                    parts.add(part(status.getPath(), hadoop));
                }
            }
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    folder + " cannot be read (" + message(e) + "); give the folder that evonorm images wrote", e);
        }
        parts.sort(Comparator.comparingInt(Part::first));
        int next = 0;
        for (Part part : parts) {
            Part first = parts.get(0);
            if (!part.set.equals(first.set)
                    || part.count != first.count
                    || part.height != first.height
                    || part.width != first.width
                    || part.classes != first.classes
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

    private static Part part(Path path, Configuration hadoop) {
        try (ParquetFileReader reader = ParquetFileReader.open(HadoopInputFile.fromPath(path, hadoop))) {
            Map<String, String> metadata = reader.getFooter().getFileMetaData().getKeyValueMetaData();
            if (!metadata.containsKey(KEY + "set")
                    || !reader.getFileMetaData().getSchema().equals(SCHEMA)) {
                throw refusal(path, "holds no images that evonorm wrote");
            }
            return new Part(
                    path,
                    metadata.get(KEY + "set"),
                    number(metadata, "count"),
                    number(metadata, "height"),
                    number(metadata, "width"),
                    number(metadata, "classes"),
                    number(metadata, "first"),
                    Math.toIntExact(reader.getRecordCount()));
        } catch (IllegalArgumentException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw refusal(path, "is no whole Parquet file (" + message(e) + ")");
        }
    }

    private static int number(Map<String, String> metadata, String key) {
        return Integer.parseInt(metadata.get(KEY + key));
    }

    String name() {
        return parts.get(0).set;
    }

    int count() {
        return parts.get(0).count;
    }

    int classes() {
        return parts.get(0).classes;
    }

    /** All labels, without the pixels. */
    byte[] labels() {
        byte[] labels = new byte[count()];
        Configuration labelsAlone = checked();
        labelsAlone.set(ReadSupport.PARQUET_READ_SCHEMA, LABELS);
        parts.forEach(part ->
                read(part, labelsAlone, (image, row) -> labels[image] = (byte) row.getInteger("label", 0)));
        return labels;
    }

    /** All images. */
    Images all() {
        return select(IntStream.range(0, count()).toArray());
    }

    /**
     * The images of these numbers, which increase; files without any of them are left alone.
     *
     * @throws IllegalArgumentException if a file that is read is damaged
     */
    Images select(int[] images) {
        Part set = parts.get(0);
        int imageBytes = set.height * set.width * Images.CHANNELS;
        byte[] pixels = new byte[Math.multiplyExact(images.length, imageBytes)];
        byte[] labels = new byte[images.length];
        Configuration configuration = checked();
        for (Part part : parts) {
            int from = place(images, part.first);
            if (from < place(images, part.first + part.rows)) {
                read(part, configuration, (image, row) -> {
                    int at = Arrays.binarySearch(images, image);
                    if (at >= 0) {
                        System.arraycopy(pixels(part, row, imageBytes), 0, pixels, at * imageBytes, imageBytes);
                        labels[at] = (byte) row.getInteger("label", 0);
                    }
                });
            }
        }
        return new Images(images.length, set.height, set.width, pixels, labels, set.classes);
    }

    /** Where the number, or else the next one, stands. */
    private static int place(int[] images, int number) {
        int at = Arrays.binarySearch(images, number);
        return at >= 0 ? at : -at - 1;
    }

    private static byte[] pixels(Part part, Group row, int imageBytes) {
        byte[] bytes = row.getBinary("pixels", 0).getBytesUnsafe();
        if (bytes.length != imageBytes) {
            throw refusal(part.path, "holds an image of " + bytes.length + " bytes instead of " + imageBytes);
        }
        return bytes;
    }

    private static void read(Part part, Configuration configuration, Rows rows) {
        try (ParquetReader<Group> reader = ParquetReader.builder(new GroupReadSupport(), part.path)
                .withConf(configuration)
                .build()) {
            int image = part.first;
            for (Group row = reader.read(); row != null; row = reader.read()) {
                rows.row(image++, row);
            }
        } catch (IllegalArgumentException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw refusal(part.path, "is damaged (" + message(e) + ")");
        }
    }

    private Configuration checked() {
        Configuration checked = new Configuration(hadoop);
        checked.setBoolean("parquet.page.verify-checksum.enabled", true);
        return checked;
    }

    private static IllegalArgumentException refusal(Path path, String what) {
        return new IllegalArgumentException(path + " " + what + "; write the images again with evonorm images");
    }

    static String message(Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }
}
