package org.evonorm.data.files.parquet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.evonorm.data.ImageCollection;
import org.evonorm.data.Images;
import org.evonorm.data.files.ImageFiles;
import org.evonorm.data.files.ImageFormat;
import org.evonorm.data.files.picture.EncodedPicture;
import org.evonorm.data.files.picture.TestPictures;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EncodedParquetTest {

    private static final String STRUCT =
            "message s { optional group image { optional binary bytes; optional binary path (UTF8); } optional int64 label; }";
    private static final String NAMES =
            "{\"info\": {\"features\": {\"label\": {\"names\": [\"cat\", \"dog\", \"owl\"], \"_type\": \"ClassLabel\"}}}}";

    @TempDir
    private Path folder;

    private static byte[] picture(int number) {
        return TestPictures.png(6, 6, number);
    }

    /** Writes rows whose pictures and labels follow from their numbers. */
    private void write(String file, String schema, int first, int count, int groupBytes) throws IOException {
        MessageType type = MessageTypeParser.parseMessageType(schema);
        String image = type.getFieldName(0);
        String label = type.getFieldName(1);
        try (ParquetWriter<Group> writer = writer(file, type, groupBytes)) {
            for (int i = first; i < first + count; i++) {
                Group row = new SimpleGroup(type);
                Binary bytes = Binary.fromConstantByteArray(picture(i));
                if (type.getType(image).isPrimitive()) {
                    row.append(image, bytes);
                } else {
                    row.addGroup(image).append("bytes", bytes).append("path", i + ".png");
                }
                if (schema.contains("int64")) {
                    row.append(label, (long) (i % 3));
                } else {
                    row.append(label, i % 3);
                }
                writer.write(row);
            }
        }
    }

    private ParquetWriter<Group> writer(String file, MessageType type, int groupBytes) throws IOException {
        Path path = folder.resolve(file);
        Files.createDirectories(path.getParent());
        return ExampleParquetWriter.builder(new org.apache.hadoop.fs.Path(path.toString()))
                .withType(type)
                .withConf(new Configuration())
                .withRowGroupSize((long) groupBytes)
                .withMinRowCountForPageSizeCheck(1)
                .withExtraMetaData(Map.of("huggingface", NAMES))
                .withPageWriteChecksumEnabled(true)
                .build();
    }

    private void write(String file, int first, int count) throws IOException {
        write(file, STRUCT, first, count, 1 << 20);
    }

    private ImageCollection open() {
        return ImageFiles.open(ImageFormat.PARQUET, folder.toString(), OptionalInt.empty(), new Configuration());
    }

    private String refusal() {
        return assertThrows(IllegalArgumentException.class, () -> {
                    ImageCollection images = open();
                    images.allTraining();
                    images.allTest();
                })
                .getMessage();
    }

    private static void assertImages(int first, Images images) {
        for (int i = 0; i < images.count(); i++) {
            assertEquals((first + i) % 3, images.label(i));
            assertArrayEquals(
                    EncodedPicture.decode("", picture(first + i)).pixels(),
                    images.select(new int[] {i}).pixels());
        }
    }

    @Test
    void partFilesAreReadInTheirOrderWithTheNamesOfClasses() throws IOException {
        write("data/train-00001-of-00002.parquet", 20, 10);
        write("data/train-00000-of-00002.parquet", 0, 20);
        write("data/test-00000-of-00001.parquet", 30, 6);
        Files.writeString(folder.resolve("README.md"), "about");
        ImageCollection images = open();
        assertEquals(List.of("cat", "dog", "owl"), images.classNames());
        assertEquals(folder.getFileName().toString(), images.name());
        assertEquals(30, images.training().count());
        assertImages(0, images.allTraining());
        assertEquals(6, images.test().count());
        assertImages(30, images.allTest());
        assertImages(19, images.training().select(new int[] {19, 20, 21}));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "message s { required binary image; required int32 label; }",
                "message s { optional binary img; optional int64 fine_label; }",
                "message s { optional group img { optional binary bytes; optional binary path; } required int32 labels; }"
            })
    void otherColumnsAreKnown(String schema) throws IOException {
        write("train/part-0.parquet", schema, 0, 12, 1 << 20);
        write("validation/part-0.parquet", schema, 12, 3, 1 << 20);
        ImageCollection images = open();
        assertImages(0, images.allTraining());
        assertImages(12, images.allTest());
    }

    /** Row groups of a few rows, of which selections pass over most. */
    @Test
    void selectionsReadTheRowGroupsThatTheyNeed() throws IOException {
        write("train-0.parquet", STRUCT, 0, 500, 2000);
        write("test-0.parquet", 500, 3);
        ImageCollection images = open();
        assertImages(0, images.training().select(new int[] {0}));
        int[] some = {3, 99, 100, 498, 499};
        Images selected = images.training().select(some);
        for (int i = 0; i < some.length; i++) {
            assertImages(some[i], selected.select(new int[] {i}));
        }
    }

    @Test
    void oneFileIsASetOfItsOwn() throws IOException {
        write("all.parquet", 0, 36);
        folder = folder.resolve("all.parquet");
        ImageCollection images = open();
        assertEquals("all", images.name());
        assertEquals(30, images.training().count());
        assertEquals(6, images.test().count());
    }

    @Test
    void otherFilesAreRefusedByName() throws IOException {
        assertTrue(refusal().contains("has no Parquet file with training images"), refusal());
        write("train-0.parquet", 0, 12);
        write("extra.parquet", 12, 3);
        assertTrue(refusal().contains("extra.parquet is of no part"), refusal());
        Files.delete(folder.resolve("extra.parquet"));
        write("test-0.parquet", "message s { required binary photo; required int32 label; }", 0, 3, 1 << 20);
        assertTrue(refusal().contains("test-0.parquet has no column image or img but photo, label;"), refusal());
        write("test-1.parquet", "message s { required binary image; required int32 number; }", 0, 3, 1 << 20);
        Files.delete(folder.resolve("test-0.parquet"));
        assertTrue(refusal().contains("test-1.parquet has no column label or labels or fine_label"), refusal());
        Files.write(folder.resolve("test-1.parquet"), new byte[100]);
        assertTrue(refusal().contains("test-1.parquet is no whole Parquet file"), refusal());
    }

    @Test
    void missingPicturesAndLabelsAreRefusedByRow() throws IOException {
        MessageType type = MessageTypeParser.parseMessageType(STRUCT);
        for (int fault = 0; fault < 5; fault++) {
            Files.deleteIfExists(folder.resolve("train-0.parquet"));
            try (ParquetWriter<Group> writer = writer("train-0.parquet", type, 1 << 20)) {
                for (int i = 0; i < 12; i++) {
                    Group row = new SimpleGroup(type);
                    boolean faulty = i == 7;
                    Binary bytes = Binary.fromConstantByteArray(
                            faulty && fault == 4 ? "text".getBytes(StandardCharsets.UTF_8) : picture(i));
                    if (!faulty || fault != 0) {
                        Group image = row.addGroup("image");
                        if (!faulty || fault != 1) {
                            image.append("bytes", bytes);
                        }
                        image.append("path", "x.png");
                    }
                    if (!faulty || fault != 2) {
                        row.append("label", faulty && fault == 3 ? -1L : i % 3);
                    }
                    writer.write(row);
                }
            }
            String row = "row 7 of " + folder + "/train-0.parquet ";
            String expected = List.of(
                            "has no image bytes",
                            "has no image bytes",
                            "has no label",
                            "has label -1",
                            "is no PNG, JPEG")
                    .get(fault);
            assertTrue(refusal().startsWith(row + expected), refusal());
        }
    }

    @Test
    void damageIsNoticedByChecksums() throws IOException {
        write("train-0.parquet", 0, 60);
        Path file = folder.resolve("train-0.parquet");
        byte[] whole = Files.readAllBytes(file);
        Files.delete(folder.resolve(".train-0.parquet.crc"));
        byte[] altered = whole.clone();
        altered[whole.length / 3] ^= 64;
        Files.write(file, altered);
        assertTrue(refusal().contains("train-0.parquet is damaged"), refusal());
        Files.write(file, Arrays.copyOf(whole, whole.length - 3));
        assertTrue(refusal().contains("train-0.parquet is no whole Parquet file"), refusal());
    }

    @Test
    void whateverIsDamagedTheFileIsNamed() throws IOException {
        write("train-0.parquet", 0, 20);
        Path file = folder.resolve("train-0.parquet");
        byte[] whole = Files.readAllBytes(file);
        Files.delete(folder.resolve(".train-0.parquet.crc"));
        Random random = new Random(3);
        int refused = 0;
        for (int i = 0; i < 400; i++) {
            byte[] altered = whole.clone();
            // Mostly the metadata, at the file's end.
            int at = whole.length - 1 - random.nextInt(i % 4 == 0 ? whole.length : 900);
            altered[at] ^= (byte) (1 << random.nextInt(8));
            Files.write(file, altered);
            try {
                ImageCollection images = open();
                images.allTraining();
                images.allTest();
            } catch (IllegalArgumentException e) {
                refused++;
                assertTrue(e.getMessage().contains(folder.toString()), e.getMessage());
            }
        }
        assertTrue(refused > 100, refused + " refusals");
    }

    @Test
    void labelsBeyondTheNamedClassesAreRefused() throws IOException {
        MessageType type =
                MessageTypeParser.parseMessageType("message s { required binary image; required int32 label; }");
        try (ParquetWriter<Group> writer = writer("train-0.parquet", type, 1 << 20)) {
            for (int i = 0; i < 12; i++) {
                writer.write(new SimpleGroup(type)
                        .append("image", Binary.fromConstantByteArray(picture(i)))
                        .append("label", i % 4));
            }
        }
        assertTrue(refusal().contains("has an image with label 3, but only 3 classes"), refusal());
    }
}
