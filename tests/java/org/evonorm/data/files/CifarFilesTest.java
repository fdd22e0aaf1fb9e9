package org.evonorm.data.files;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.evonorm.data.Dataset;
import org.evonorm.data.Datasets;
import org.evonorm.data.ImageCollection;
import org.evonorm.data.Images;
import org.evonorm.data.Split;
import org.evonorm.data.Standardization;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CifarFilesTest {

    /** Bytes per plane, which is the H×W map of one channel. */
    private static final int PLANE = 32 * 32;

    @TempDir
    private Path folder;

    /** A record of labels and of red, green and blue planes, whose bytes depend on {@code seed}. */
    private static byte[] record(int seed, int... labels) {
        byte[] record = new byte[labels.length + 3 * PLANE];
        for (int i = 0; i < labels.length; i++) {
            record[i] = (byte) labels[i];
        }
        for (int i = 0; i < 3 * PLANE; i++) {
            record[labels.length + i] = value(seed, i / PLANE, i % PLANE);
        }
        return record;
    }

    private static byte value(int seed, int channel, int pixel) {
        return (byte) (seed * 31 + channel * 85 + pixel * 7);
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        Arrays.stream(parts).forEach(joined::writeBytes);
        return joined.toByteArray();
    }

    private static void assertImage(int seed, int label, Images images, int index) {
        assertEquals(label, images.label(index));
        for (int pixel = 0; pixel < PLANE; pixel++) {
            for (int channel = 0; channel < 3; channel++) {
                assertEquals(value(seed, channel, pixel), images.pixels()[(index * PLANE + pixel) * 3 + channel]);
            }
        }
    }

    private static Map<String, byte[]> cifar10() {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("test_batch.bin", join(record(90, 9)));
        // More files than the distribution has, to be read by number and not by letter.
        for (int number = 10; number >= 1; number--) {
            files.put("data_batch_" + number + ".bin", join(record(number, number % 10), record(-number, 7)));
        }
        files.put("batches.meta.txt", "airplane\n".getBytes(StandardCharsets.UTF_8));
        files.put("readme.html", new byte[5]);
        return files;
    }

    private void write(Path into, Map<String, byte[]> files) throws IOException {
        Files.createDirectories(into);
        for (var file : files.entrySet()) {
            Files.write(into.resolve(file.getKey()), file.getValue());
        }
    }

    private static byte[] archive(String prefix, Map<String, byte[]> files) throws IOException {
        return zipped(Deflater.DEFAULT_COMPRESSION, tar(prefix, files));
    }

    private static byte[] zipped(int level, byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes) {
            {
                def.setLevel(level);
            }
        }) {
            gzip.write(content);
        }
        return bytes.toByteArray();
    }

    private static byte[] tar(String prefix, Map<String, byte[]> files) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
            if (!prefix.isEmpty()) {
                tar.putArchiveEntry(new TarArchiveEntry(prefix));
                tar.closeArchiveEntry();
            }
            for (var file : files.entrySet()) {
                TarArchiveEntry entry = new TarArchiveEntry(prefix + file.getKey());
                entry.setSize(file.getValue().length);
                tar.putArchiveEntry(entry);
                tar.write(file.getValue());
                tar.closeArchiveEntry();
            }
        }
        return bytes.toByteArray();
    }

    private void assertReadsCifar10(Path path) {
        CifarFiles files = CifarFiles.read(path);
        assertEquals("cifar10", files.name());
        assertEquals(10, files.training().classes());
        assertEquals(20, files.training().count());
        for (int number = 1; number <= 10; number++) {
            assertImage(number, number % 10, files.training(), 2 * (number - 1));
            assertImage(-number, 7, files.training(), 2 * (number - 1) + 1);
        }
        assertEquals(1, files.test().count());
        assertImage(90, 9, files.test(), 0);
    }

    private String refusal() {
        return assertThrows(IllegalArgumentException.class, () -> CifarFiles.read(folder))
                .getMessage();
    }

    private static void assertNames(String message, String... parts) {
        for (String part : parts) {
            assertTrue(message.contains(part), message);
        }
    }

    @Test
    void readsCifar10InNumberOrderFromAFolder() throws IOException {
        write(folder, cifar10());
        assertReadsCifar10(folder);
    }

    @Test
    void findsTheFolderOfTheDistribution() throws IOException {
        write(folder.resolve("cifar-10-batches-bin"), cifar10());
        assertReadsCifar10(folder);
    }

    @Test
    void readsAnArchiveWithAnyPrefix() throws IOException {
        for (String prefix : new String[] {"", "./", "cifar-10-batches-bin/", "./cifar-10-batches-bin/"}) {
            Path archive = folder.resolve("cifar.tar.gz");
            Files.write(archive, archive(prefix, cifar10()));
            assertReadsCifar10(archive);
        }
    }

    @Test
    void readsFineLabelsOfCifar100() throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("train.bin", join(record(1, 19, 99), record(2, 0, 42)));
        files.put("test.bin", record(3, 4, 0));
        write(folder.resolve("cifar-100-binary"), files);
        CifarFiles read = CifarFiles.read(folder);
        assertEquals("cifar100", read.name());
        assertEquals(100, read.training().classes());
        assertImage(1, 99, read.training(), 0);
        assertImage(2, 42, read.training(), 1);
        assertImage(3, 0, read.test(), 0);
    }

    @Test
    void refusesDamagedFilesByName() throws IOException {
        write(folder, cifar10());
        Files.write(folder.resolve("data_batch_2.bin"), Arrays.copyOf(record(1, 1), 3000));
        assertNames(refusal(), "data_batch_2.bin", folder.toString(), "3000 bytes", "3073", "again");
        Files.write(folder.resolve("data_batch_2.bin"), new byte[0]);
        assertNames(refusal(), "data_batch_2.bin", "0 bytes");
        Files.write(folder.resolve("data_batch_2.bin"), join(record(1, 1), record(1, 10)));
        assertNames(refusal(), "image 1 of data_batch_2.bin", "label 10", "above 9");
        Files.write(folder.resolve("data_batch_2.bin"), join(record(1, 255)));
        assertNames(refusal(), "image 0 of data_batch_2.bin", "label 255");
    }

    @Test
    void refusesWrongLabelsOfCifar100() throws IOException {
        write(folder, Map.of("train.bin", record(1, 20, 0), "test.bin", record(1, 0, 0)));
        assertNames(refusal(), "train.bin", "label 20", "above 19");
        Files.write(folder.resolve("train.bin"), record(1, 0, 100));
        assertNames(refusal(), "train.bin", "label 100", "above 99");
    }

    @Test
    void refusesIncompleteFolders() throws IOException {
        assertNames(refusal(), "neither data_batch_1.bin", "binary version");
        write(folder, Map.of("data_batch_1", record(1, 1), "data_batch_x.bin", record(1, 1)));
        assertNames(refusal(), "neither data_batch_1.bin", "not the Python");
        write(folder, Map.of("data_batch_1.bin", record(1, 1)));
        assertNames(refusal(), folder.toString(), "lacks test_batch.bin");
        Files.delete(folder.resolve("data_batch_1.bin"));
        write(folder, Map.of("test_batch.bin", record(1, 1)));
        assertNames(refusal(), "lacks data_batch_1.bin");
        Files.createDirectory(folder.resolve("data_batch_1.bin"));
        assertNames(refusal(), "lacks data_batch_1.bin");
    }

    @Test
    void refusesAFolderThatLacksATrainingFile() throws IOException {
        for (int missing = 1; missing <= 5; missing++) {
            Path here = folder.resolve("without" + missing);
            Map<String, byte[]> files = new LinkedHashMap<>();
            for (int number = 1; number <= 5; number++) {
                files.put("data_batch_" + number + ".bin", join(record(1, 1), record(2, 2)));
            }
            files.put("test_batch.bin", join(record(1, 1), record(2, 2)));
            String lacked = "data_batch_" + missing + ".bin";
            files.remove(lacked);
            write(here, files);
            Path archive = folder.resolve("without.tar.gz");
            Files.write(archive, archive("cifar-10-batches-bin/", files));
            for (Path path : List.of(here, archive)) {
                String message = assertThrows(IllegalArgumentException.class, () -> CifarFiles.read(path))
                        .getMessage();
                assertNames(message, path.toString(), "lacks " + lacked);
            }
        }
    }

    /** A subset has the distribution's form, with fewer files. */
    @Test
    void readsASubsetWithTheProportionOfTheDistribution() throws IOException {
        byte[][] images = new byte[10][];
        Arrays.setAll(images, i -> record(i, i));
        byte[] ten = join(images);
        write(
                folder,
                Map.of(
                        "data_batch_1.bin",
                        ten,
                        "data_batch_2.bin",
                        ten,
                        "test_batch.bin",
                        join(images[0], images[1], images[2], images[3])));
        assertEquals(20, CifarFiles.read(folder).training().count());
        Files.delete(folder.resolve("data_batch_2.bin"));
        assertNames(refusal(), "lacks data_batch_2.bin");
    }

    /** Stored without compression, overwritten pixels break nothing but the checksum at the very end. */
    @Test
    void refusesAnArchiveWithOverwrittenPixels() throws IOException {
        byte[] whole = zipped(0, tar("cifar-10-batches-bin/", cifar10()));
        Path archive = folder.resolve("cifar.tar.gz");
        Files.write(archive, whole);
        assertReadsCifar10(archive);
        Random random = new Random(6);
        for (int trial = 0; trial < 50; trial++) {
            byte[] damaged = whole.clone();
            // In the middle of the pixels of one image.
            int from = whole.length / 2 / 512 * 512 + random.nextInt(400);
            for (int i = 0; i < 9; i++) {
                damaged[from + i] ^= (byte) (1 + random.nextInt(255));
            }
            Files.write(archive, damaged);
            assertNames(
                    assertThrows(UncheckedIOException.class, () -> CifarFiles.read(archive))
                            .getMessage(),
                    archive.toString(),
                    "damaged",
                    "download it again");
        }
    }

    /** A gzip file may have several members one behind the other, as of a download in parts. */
    @Test
    void readsAndChecksEveryMemberOfAnArchive() throws IOException {
        byte[] tar = tar("", cifar10());
        byte[] first = zipped(9, Arrays.copyOf(tar, tar.length / 3));
        byte[] second = zipped(9, Arrays.copyOfRange(tar, tar.length / 3, tar.length));
        Path archive = folder.resolve("cifar.tar.gz");
        Files.write(archive, join(first, second));
        assertReadsCifar10(archive);
        byte[] wrongChecksum = join(first, second);
        wrongChecksum[wrongChecksum.length - 8] ^= 1;
        for (byte[] damaged :
                List.of(wrongChecksum, first, Arrays.copyOf(join(first, second), first.length + second.length - 4))) {
            Files.write(archive, damaged);
            assertNames(
                    assertThrows(UncheckedIOException.class, () -> CifarFiles.read(archive))
                            .getMessage(),
                    archive.toString(),
                    "download it again");
        }
    }

    @Test
    void refusesAmbiguousFolders() throws IOException {
        write(folder, cifar10());
        write(folder.resolve("cifar-10-batches-bin"), Map.of("data_batch_2.bin", record(1, 1)));
        assertNames(refusal(), "data_batch_2.bin twice");
        Files.delete(folder.resolve("cifar-10-batches-bin/data_batch_2.bin"));
        write(folder.resolve("cifar-100-binary"), Map.of("train.bin", record(1, 1, 1)));
        assertNames(refusal(), "both CIFAR-10 and CIFAR-100");
    }

    @Test
    void refusesPathsThatDoNotExist() {
        var refusal = assertThrows(IllegalArgumentException.class, () -> CifarFiles.read(folder.resolve("nowhere")));
        assertNames(refusal.getMessage(), "no file or folder", "nowhere");
    }

    @Test
    void refusesFilesThatAreNotArchives() throws IOException {
        Path archive = folder.resolve("cifar.tar.gz");
        Files.write(archive, "<html>404</html>".getBytes(StandardCharsets.UTF_8));
        assertNames(
                assertThrows(UncheckedIOException.class, () -> CifarFiles.read(archive))
                        .getMessage(),
                "cifar.tar.gz",
                "download it again");
        Files.write(archive, new byte[0]);
        assertNames(
                assertThrows(UncheckedIOException.class, () -> CifarFiles.read(archive))
                        .getMessage(),
                "cifar.tar.gz",
                "empty or cut short");
    }

    /** A damaged archive is either read correctly or refused in a sentence that names it, whatever the damage. */
    @Test
    void refusesDamagedArchivesBySentence() throws IOException {
        byte[] whole = archive("cifar-10-batches-bin/", cifar10());
        Path archive = folder.resolve("cifar.tar.gz");
        Random random = new Random(5);
        for (int trial = 0; trial < 300; trial++) {
            byte[] damaged = whole.clone();
            if (trial % 2 == 0) {
                damaged = Arrays.copyOf(damaged, random.nextInt(damaged.length - 8));
            } else {
                damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
            }
            Files.write(archive, damaged);
            try {
                assertReadsCifar10(archive);
            } catch (UncheckedIOException | IllegalArgumentException e) {
                assertNames(e.getMessage(), "cifar.tar.gz");
            }
        }
    }

    @Test
    void skipsForeignEntriesOfAnArchive() throws IOException {
        Map<String, byte[]> files = cifar10();
        files.put("._data_batch_2.bin", new byte[3]);
        files.put("elsewhere/data_batch_2.bin", new byte[3]);
        files.put("../data_batch_2.bin", new byte[3]);
        Path archive = folder.resolve("cifar.tgz");
        Files.write(archive, archive("", files));
        assertReadsCifar10(archive);
    }

    @Test
    void buildsADataset() throws IOException {
        byte[][] records = new byte[40][];
        Arrays.setAll(records, i -> record(i, i % 10));
        byte[] test = join(Arrays.copyOf(records, 8));
        write(folder, Map.of("data_batch_1.bin", join(records), "test_batch.bin", test));
        ImageCollection files = CifarFiles.read(folder).collection();
        Dataset all = Datasets.of(files, new Split(10, 3));
        assertEquals("cifar10", all.name());
        assertEquals(30, all.training().count());
        assertEquals(10, all.validation().count());
        assertEquals(8, files.allTest().count());
        assertEquals(0, all.test().count());
        assertEquals(
                "30 images to train on, 10 to validate on (10 classes, cifar10)",
                all.facts().sizes());
        assertEquals(Standardization.of(all.training()), all.standardization());
        Dataset limited = Datasets.of(files, new Split(10, 20, 3));
        assertEquals(20, limited.training().count());
        assertArrayEquals(all.validation().pixels(), limited.validation().pixels());
    }
}
