package org.evonorm.data.files.numpy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.evonorm.data.ImageCollection;
import org.evonorm.data.Images;
import org.evonorm.data.files.ImageFiles;
import org.evonorm.data.files.ImageFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NumpyFilesTest {

    @TempDir
    private Path folder;

    /** An array as numpy.save writes it. */
    private static byte[] array(String type, String shape, byte[] elements) {
        return array(1, "{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape + ", }", elements);
    }

    private static byte[] array(int version, String header, byte[] elements) {
        int size = version == 1 ? 2 : 4;
        byte[] text = header.getBytes(StandardCharsets.ISO_8859_1);
        int padded = (8 + size + text.length + 1 + 63) / 64 * 64 - 8 - size;
        byte[] line = Arrays.copyOf(text, padded);
        Arrays.fill(line, text.length, padded - 1, (byte) ' ');
        line[padded - 1] = '\n';
        ByteBuffer bytes =
                ByteBuffer.allocate(8 + size + padded + elements.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put((byte) 0x93)
                .put("NUMPY".getBytes(StandardCharsets.US_ASCII))
                .put((byte) version)
                .put((byte) 0);
        if (version == 1) {
            bytes.putShort((short) padded);
        } else {
            bytes.putInt(padded);
        }
        return bytes.put(line).put(elements).array();
    }

    private static byte[] bytes(int count, long seed) {
        byte[] bytes = new byte[count];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static byte[] labels(int count) {
        byte[] labels = new byte[count];
        for (int i = 0; i < count; i++) {
            labels[i] = (byte) (i % 3);
        }
        return labels;
    }

    private static Map<String, byte[]> arrays() {
        Map<String, byte[]> arrays = new LinkedHashMap<>();
        arrays.put("y_train", array("|u1", "(12,)", labels(12)));
        arrays.put("x_train", array("|u1", "(12, 4, 5, 3)", bytes(12 * 60, 1)));
        arrays.put("x_test", array("|u1", "(3, 4, 5, 3)", bytes(3 * 60, 2)));
        arrays.put("y_test", array("|u1", "(3,)", labels(3)));
        return arrays;
    }

    /** An archive as numpy.savez or numpy.savez_compressed writes it. */
    private Path archive(Map<String, byte[]> arrays, boolean compressed) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> array : arrays.entrySet()) {
                ZipEntry entry = new ZipEntry(array.getKey() + ".npy");
                if (!compressed) {
                    CRC32 checksum = new CRC32();
                    checksum.update(array.getValue());
                    entry.setMethod(ZipEntry.STORED);
                    entry.setSize(array.getValue().length);
                    entry.setCrc(checksum.getValue());
                }
                zip.putNextEntry(entry);
                zip.write(array.getValue());
                zip.closeEntry();
            }
        }
        Path archive = folder.resolve("set.npz");
        Files.write(archive, bytes.toByteArray());
        return archive;
    }

    private void files(Map<String, byte[]> arrays) throws IOException {
        for (Map.Entry<String, byte[]> array : arrays.entrySet()) {
            Files.write(folder.resolve(array.getKey() + ".npy"), array.getValue());
        }
    }

    private static ImageCollection open(Path path) {
        return ImageFiles.open(ImageFormat.NUMPY, path.toString(), OptionalInt.empty(), new Configuration());
    }

    private static String refusal(Path path) {
        return assertThrows(RuntimeException.class, () -> {
                    ImageCollection images = open(path);
                    images.allTraining();
                    images.allTest();
                })
                .getMessage();
    }

    /** The refusal of images and labels in one archive and as files. */
    private String refusal(byte[] images, byte[] labels) throws IOException {
        Map<String, byte[]> arrays = Map.of("images", images, "labels", labels);
        files(arrays);
        String ofFiles = refusal(folder);
        String ofArchive = refusal(archive(arrays, true));
        for (String name : List.of("images", "labels")) {
            ofFiles = ofFiles.replace(folder + "/" + name + ".npy", name);
            ofArchive = ofArchive.replace(name + ".npy in " + folder + "/set.npz", name);
        }
        assertEquals(ofFiles.replace(folder.getFileName().toString(), "set"), ofArchive);
        return ofArchive;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void archivesGiveTheirImages(boolean compressed) throws IOException {
        ImageCollection images = open(archive(arrays(), compressed));
        assertEquals("set", images.name());
        assertEquals(3, images.classes());
        Images training = images.allTraining();
        assertArrayEquals(bytes(12 * 60, 1), training.pixels());
        assertEquals("4 5", training.height() + " " + training.width());
        assertArrayEquals(new short[] {0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2}, training.labels());
        assertArrayEquals(bytes(3 * 60, 2), images.allTest().pixels());
        int[] some = {1, 5, 11};
        assertArrayEquals(
                training.select(some).pixels(), images.training().select(some).pixels());
    }

    @Test
    void filesInAFolderGiveTheSameAsAnArchive() throws IOException {
        files(arrays());
        for (Path path : List.of(folder, folder.resolve("x_train.npy"))) {
            ImageCollection images = open(path);
            assertArrayEquals(bytes(12 * 60, 1), images.allTraining().pixels());
            assertArrayEquals(bytes(3 * 60, 2), images.allTest().pixels());
        }
        assertTrue(refusal(folder.resolve("x_test.npy")).contains("is not named as training images are"));
        assertTrue(refusal(folder.resolve("nowhere.npy")).startsWith("there is no file or folder "));
        assertTrue(refusal(folder.resolve("nowhere.npz")).startsWith("there is no file or folder "));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "images labels",
                "X Y",
                "train_images train_labels",
                "image label",
                "data targets",
                "imgs_train labels_train",
                "training-images training-labels",
                "TRAIN_X train_y"
            })
    void usualNamesAreKnown(String names) throws IOException {
        String[] both = names.split(" ");
        Path archive = archive(
                Map.of(
                        both[0],
                        array("|u1", "(12, 2, 2, 3)", bytes(12 * 12, 1)),
                        both[1],
                        array("|u1", "(12, 1)", labels(12)),
                        "other",
                        array("<f4", "(1,)", new byte[4])),
                true);
        ImageCollection images = open(archive);
        // Without test images, two of twelve become test images.
        assertEquals(10, images.training().count());
        assertEquals(2, images.test().count());
    }

    @Test
    void testImagesComeBeforeValidationImages() throws IOException {
        Map<String, byte[]> arrays = arrays();
        arrays.put("x_val", array("|u1", "(6, 4, 5, 3)", bytes(6 * 60, 5)));
        arrays.put("y_val", array("|u1", "(6,)", labels(6)));
        assertEquals(3, open(archive(arrays, true)).test().count());
        arrays.remove("x_test");
        assertTrue(
                refusal(archive(arrays, true)).contains("y_test.npy in " + folder + "/set.npz has no array of images"));
        arrays.remove("y_test");
        assertEquals(6, open(archive(arrays, true)).test().count());
    }

    @Test
    void greyImagesAndChannelsFirstAreReordered() throws IOException {
        byte[] planes = bytes(12 * 3 * 4 * 5, 3);
        Path archive = archive(
                Map.of(
                        "x_train",
                        array("|u1", "(12, 3, 4, 5)", planes),
                        "y_train",
                        array("|u1", "(12,)", labels(12)),
                        "x_test",
                        array("|u1", "(3, 4, 5)", Arrays.copyOf(planes, 60)),
                        "y_test",
                        array("|u1", "(3,)", labels(3))),
                true);
        Images training = open(archive).allTraining();
        for (int image = 0; image < 12; image++) {
            for (int pixel = 0; pixel < 20; pixel++) {
                for (int channel = 0; channel < 3; channel++) {
                    assertEquals(
                            planes[(image * 3 + channel) * 20 + pixel],
                            training.pixels()[(image * 20 + pixel) * 3 + channel]);
                }
            }
        }
        Images grey = open(archive).allTest();
        for (int i = 0; i < grey.pixels().length; i++) {
            assertEquals(planes[i / 3], grey.pixels()[i]);
        }
        for (String shape : List.of("(12, 4, 5, 1)", "(12, 1, 4, 5)")) {
            archive(
                    Map.of(
                            "x",
                            array("|u1", shape, Arrays.copyOf(planes, 240)),
                            "y",
                            array("|u1", "(12,)", labels(12))),
                    true);
            assertEquals(
                    "4 5",
                    open(archive).allTest().height() + " "
                            + open(archive).allTest().width());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"|i1", "|u1", "<i2", ">i2", "<u2", ">u2", "<i4", ">i4", "<u4", ">u4", "<i8", ">i8", "<u8", ">u8"
            })
    void labelsOfEveryIntegerTypeAreRead(String type) throws IOException {
        int each = type.charAt(2) - '0';
        for (int version = 1; version <= 3; version++) {
            ByteBuffer elements = ByteBuffer.allocate(12 * each);
            for (int i = 0; i < 12; i++) {
                int low = type.charAt(0) == '>' ? each - 1 : 0;
                elements.put(i * each + low, (byte) (i % 4));
            }
            byte[] labels = array(
                    version, "{'descr': '" + type + "', 'fortran_order': False, 'shape': (12,), }", elements.array());
            Map<String, byte[]> arrays = Map.of(
                    "x", array("|u1", "(12, 2, 2, 3)", bytes(144, 1)),
                    "y", labels,
                    "x_test", array("|u1", "(1, 2, 2, 3)", bytes(12, 1)),
                    "y_test", array("|u1", "(1,)", new byte[1]));
            assertArrayEquals(
                    new short[] {0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3},
                    open(archive(arrays, true)).training().labels());
        }
    }

    @Test
    void impossibleLabelsAreRefused() throws IOException {
        byte[] images = array("|u1", "(3, 2, 2, 3)", bytes(36, 1));
        String negative = refusal(images, array("|i1", "(3,)", new byte[] {0, 1, -1}));
        assertEquals("image 2 of labels has label -1; labels are class numbers from 0 to 999", negative);
        byte[] big = ByteBuffer.allocate(6)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort((short) 1000)
                .array();
        assertTrue(refusal(images, array("<u2", "(3,)", big)).contains("image 0 of labels has label 1000;"));
        assertTrue(refusal(images, array("<u8", "(3,)", bytes(24, 3))).contains(" of labels has label "));
        assertTrue(refusal(images, array("|u1", "(2,)", new byte[2]))
                .contains("images has 3 images, and labels has 2 labels"));
        assertTrue(refusal(images, array("|u1", "(3,)", new byte[3])).contains("has 1 class;"));
        assertTrue(refusal(images, array("|u1", "(3,)", new byte[] {0, 2, 2}))
                .contains("has no training image of class 1"));
        assertTrue(refusal(images, array("|u1", "(3, 2)", new byte[6])).contains(".argmax(axis=1)"));
        assertTrue(refusal(images, array("|u1", "()", new byte[1])).contains(".argmax(axis=1)"));
        assertTrue(refusal(images, array("<f4", "(3,)", new byte[12])).contains("labels are integers"));
        assertTrue(refusal(images, array("|b1", "(3,)", new byte[3])).contains("labels are integers"));
    }

    @Test
    void testLabelsAreOfTheClassesOfTraining() throws IOException {
        Map<String, byte[]> arrays = arrays();
        arrays.put("y_test", array("|u1", "(3,)", new byte[] {0, 1, 3}));
        String message = refusal(archive(arrays, true));
        assertTrue(message.startsWith("image 2 of x_test.npy in " + folder + "/set.npz has label 3, but"), message);
    }

    @Test
    void otherArraysAreRefused() throws IOException {
        byte[] labels = array("|u1", "(3,)", labels(3));
        byte[] pixels = bytes(36, 1);
        assertTrue(refusal(array("<f4", "(3, 2, 2, 3)", bytes(144, 1)), labels).contains(".astype('uint8')"));
        assertTrue(refusal(array("|u1", "(3, 12)", pixels), labels).contains("images has the shape (3, 12);"));
        assertTrue(refusal(array("|u1", "(3, 2, 3, 2)", pixels), labels).contains("with C of 1 or 3"));
        assertTrue(refusal(array("|u1", "(0, 2, 2, 3)", new byte[0]), labels).contains("there must be images"));
        assertTrue(
                refusal(array("|u1", "(3, 100000, 100000)", pixels), labels).contains("fewer elements than its shape"));
        assertTrue(refusal(array("|u1", "(3, 99999999999, 99999999999, 3)", pixels), labels)
                .contains("fewer elements than its shape"));
        assertTrue(refusal(array("|u1", "(99999999999999999999, 3)", pixels), labels)
                .contains("has a damaged header"));
        assertTrue(refusal(array("|u1", "(3, 2, 2, 3)", bytes(35, 1)), labels).contains("images is cut short"));
        assertTrue(refusal(array("|O", "(3,)", pixels), labels).contains("images is an array of Python objects"));
        assertTrue(refusal(array("|u1", "(3, 2, 2, 3)", pixels), array("|O", "(3,)", pixels))
                .contains("a pickle"));
        String fortran = "{'descr': '|u1', 'fortran_order': True, 'shape': (3, 2, 2, 3), }";
        assertTrue(refusal(array(1, fortran, pixels), labels).contains("numpy.ascontiguousarray"));
        String fields = "{'descr': [('a', '|u1')], 'fortran_order': False, 'shape': (3,), }";
        assertTrue(refusal(array(1, fields, pixels), labels).contains("or of fields"));
        assertTrue(refusal(array(1, "{}", pixels), labels).contains("has a damaged header"));
        assertTrue(refusal(array(4, "{}", pixels), labels).contains("is of version 4"));
        assertTrue(refusal("no array".getBytes(StandardCharsets.UTF_8), labels).contains("is no NumPy array"));
        assertTrue(refusal(new byte[0], labels).contains("is no NumPy array"));
    }

    @Test
    void aFolderWithOneArchiveIsThatArchive() throws IOException {
        Path archive = archive(arrays(), true);
        int count = open(archive).training().count();
        assertEquals(count, open(folder).training().count());
        Files.copy(archive, folder.resolve("other.npz"));
        assertTrue(refusal(folder).contains("holds 2 archives, as other.npz; give the path of one"), refusal(folder));
    }

    @Test
    void missingAndAmbiguousArraysAreRefused() throws IOException {
        byte[] images = array("|u1", "(3, 2, 2, 3)", bytes(36, 1));
        byte[] labels = array("|u1", "(3,)", labels(3));
        assertTrue(refusal(archive(Map.of("arr_0", images, "arr_1", labels), true))
                .contains("has no array of training images; name the arrays x_train and y_train"));
        assertTrue(
                refusal(archive(Map.of("images", images), true)).contains("has no array of labels of the same part"));
        Map<String, byte[]> twice = new LinkedHashMap<>(Map.of("images", images, "labels", labels));
        twice.put("x_train", images);
        assertTrue(refusal(archive(twice, true)).contains(" are both images of the training part; keep one"));
        Files.writeString(folder.resolve("set.npz"), "no archive");
        assertTrue(refusal(folder.resolve("set.npz")).contains("is no archive of NumPy"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void damagedArchivesAreRefused(boolean compressed) throws IOException {
        Path archive = archive(arrays(), compressed);
        byte[] whole = Files.readAllBytes(archive);
        int images = new String(whole, StandardCharsets.ISO_8859_1).indexOf("x_train.npy") + 200;
        for (int at : new int[] {images, images + 100, images + 300}) {
            byte[] altered = whole.clone();
            altered[at] ^= 32;
            Files.write(archive, altered);
            String message = refusal(archive);
            assertTrue(message.startsWith("cannot read " + archive) || message.contains(" is cut short"), message);
        }
        for (int length : new int[] {images, whole.length / 2}) {
            Files.write(archive, Arrays.copyOf(whole, length));
            assertTrue(refusal(archive).startsWith("cannot read " + archive), refusal(archive));
        }
    }
}
