package org.evonorm.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;

/**
 * Training and test images in a folder of Parquet files, on any file system that Hadoop knows: {@code training/} and
 * {@code test/} hold some thousand images a file, a row an image with its label and its pixels (row, column, channel).
 * The files' own metadata say which images of how many they hold, so that what is missing is noticed.
 *
 * @param name of the data set, for example {@code cifar10}
 */
public record ParquetImages(String name, Images training, Images test) {

    private static final int IMAGES_A_FILE = 4096;
    private static final String SUFFIX = ".parquet";
    private static final MessageType SCHEMA = MessageTypeParser.parseMessageType(
            "message images { required int32 label; required binary pixels; }");
    private static final String KEY = "evonorm.images.";

    /**
     * What a file says of itself.
     *
     * @param set   name of the data set
     * @param count of all images in the folder
     * @param first index of the file's first image among them
     * @param rows  images in the file
     */
    private record Part(Path path, String set, int count, int height, int width, int classes, int first, long rows) {}

    /**
     * Writes the images.
     *
     * @throws IllegalArgumentException if there is something at {@code folder} already
     * @throws UncheckedIOException     if it cannot be written
     */
    public void write(String folder, Configuration hadoop) {
        Path path = new Path(folder);
        try {
            FileSystem files = path.getFileSystem(hadoop);
            if (files.exists(path)) {
                throw new IllegalArgumentException(folder + " is there already; name a folder that is not");
            }
            write(new Path(path, "training"), training, hadoop);
            write(new Path(path, "test"), test, hadoop);
        } catch (IOException e) {
            throw new UncheckedIOException("the images cannot be written to " + folder + " (" + message(e) + ")", e);
        }
    }

    private void write(Path folder, Images images, Configuration hadoop) throws IOException {
        int imageBytes = images.height() * images.width() * Images.CHANNELS;
        for (int first = 0; first < images.count(); first += IMAGES_A_FILE) {
            Path path = new Path(folder, String.format("part-%05d%s", first / IMAGES_A_FILE, SUFFIX));
            Map<String, String> metadata = Map.of(KEY + "set", name, KEY + "count", "" + images.count(),
                    KEY + "height", "" + images.height(), KEY + "width", "" + images.width(),
                    KEY + "classes", "" + images.classes(), KEY + "first", "" + first);
            try (ParquetWriter<Group> writer = ExampleParquetWriter.builder(path).withType(SCHEMA).withConf(hadoop)
                    .withExtraMetaData(metadata).withCompressionCodec(CompressionCodecName.ZSTD)
                    .withDictionaryEncoding(false).withPageWriteChecksumEnabled(true).build()) {
                for (int i = first; i < Math.min(first + IMAGES_A_FILE, images.count()); i++) {
                    writer.write(new SimpleGroup(SCHEMA).append("label", images.label(i)).append("pixels",
                            Binary.fromConstantByteArray(images.pixels(), i * imageBytes, imageBytes)));
                }
            }
        }
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws IllegalArgumentException if the files are not such, or not all of them are there and whole
     */
    public static ParquetImages read(String folder, Configuration hadoop) {
        Path path = new Path(folder);
        List<Part> training = parts(new Path(path, "training"), hadoop);
        List<Part> test = parts(new Path(path, "test"), hadoop);
        return new ParquetImages(training.get(0).set, read(training, hadoop), read(test, hadoop));
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
            throw new IllegalArgumentException(folder + " cannot be read (" + message(e)
                    + "); give the folder that evonorm images wrote", e);
        }
        parts.sort(Comparator.comparingInt(Part::first));
        int next = 0;
        for (Part part : parts) {
            Part first = parts.get(0);
            if (!part.set.equals(first.set) || part.count != first.count || part.height != first.height
                    || part.width != first.width || part.classes != first.classes || part.first < next) {
                throw refusal(part.path, "does not belong with the others in its folder");
            }
            if (part.first == next) {
                next += Math.toIntExact(part.rows);
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
            if (!metadata.containsKey(KEY + "set") || !reader.getFileMetaData().getSchema().equals(SCHEMA)) {
                throw refusal(path, "holds no images that evonorm wrote");
            }
            return new Part(path, metadata.get(KEY + "set"), number(metadata, "count"), number(metadata, "height"),
                    number(metadata, "width"), number(metadata, "classes"), number(metadata, "first"),
                    reader.getRecordCount());
        } catch (IllegalArgumentException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw refusal(path, "is no whole Parquet file (" + message(e) + ")");
        }
    }

    private static int number(Map<String, String> metadata, String key) {
        return Integer.parseInt(metadata.get(KEY + key));
    }

    private static Images read(List<Part> parts, Configuration hadoop) {
        Part set = parts.get(0);
        int imageBytes = set.height * set.width * Images.CHANNELS;
        byte[] pixels = new byte[Math.multiplyExact(set.count, imageBytes)];
        byte[] labels = new byte[set.count];
        for (Part part : parts) {
            try (ParquetReader<Group> reader = ParquetReader.builder(new GroupReadSupport(), part.path)
                    .withConf(checked(hadoop)).build()) {
                int image = part.first;
                for (Group row = reader.read(); row != null; row = reader.read()) {
                    byte[] bytes = row.getBinary("pixels", 0).getBytesUnsafe();
                    if (bytes.length != imageBytes) {
                        throw refusal(part.path, "holds an image of " + bytes.length + " bytes instead of "
                                + imageBytes);
                    }
                    System.arraycopy(bytes, 0, pixels, image * imageBytes, imageBytes);
                    labels[image++] = (byte) row.getInteger("label", 0);
                }
            } catch (IllegalArgumentException e) {
                throw e;
            } catch (IOException | RuntimeException e) {
                throw refusal(part.path, "is damaged (" + message(e) + ")");
            }
        }
        return new Images(set.count, set.height, set.width, pixels, labels, set.classes);
    }

    private static Configuration checked(Configuration hadoop) {
        Configuration checked = new Configuration(hadoop);
        checked.setBoolean("parquet.page.verify-checksum.enabled", true);
        return checked;
    }

    private static IllegalArgumentException refusal(Path path, String what) {
        return new IllegalArgumentException(path + " " + what + "; write the images again with evonorm images");
    }

    private static String message(Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }
}
