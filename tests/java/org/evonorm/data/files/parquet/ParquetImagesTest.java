package org.evonorm.data.files.parquet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FullDisk;
import org.evonorm.data.Dataset;
import org.evonorm.data.Datasets;
import org.evonorm.data.ImageCollection;
import org.evonorm.data.Images;
import org.evonorm.data.Split;
import org.evonorm.data.WrappedFiles;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParquetImagesTest {

    private static final Configuration HADOOP = new Configuration();
    private static final Images TRAINING = noise(9000, 1);
    private static final Images TEST = noise(5, 2);
    private static final ImageCollection IMAGES = new ImageCollection("noise", 256, List.of(), TRAINING, TEST);
    private static final Split SPLIT = new Split(1500, 6000, 3);

    @TempDir
    private Path temporary;

    private Path folder;

    private static Images noise(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        byte[] pixels = new byte[count * 4 * 6 * 3];
        byte[] labels = new byte[count];
        random.nextBytes(pixels);
        random.nextBytes(labels);
        return new Images(count, 4, 6, pixels, labels, 256);
    }

    @BeforeEach
    void write() {
        folder = temporary.resolve("images");
        ParquetImages.write(IMAGES, folder.toString(), HADOOP);
    }

    private String refusal() {
        return assertThrows(
                        IllegalArgumentException.class,
                        () -> ParquetImages.open(folder.toString(), HADOOP).allTraining())
                .getMessage();
    }

    @Test
    void imagesComeBackAsTheyWere() {
        ImageCollection read = ParquetImages.open(folder.toString(), HADOOP);
        assertEquals("noise", read.name());
        assertArrayEquals(TRAINING.pixels(), read.allTraining().pixels());
        assertArrayEquals(TRAINING.labels(), read.allTraining().labels());
        assertArrayEquals(TRAINING.labels(), read.training().labels());
        assertArrayEquals(TEST.pixels(), read.allTest().pixels());
        assertEquals(256, read.allTest().classes());
    }

    @Test
    void partitionsEqualThePartitionsOfTheWhole() {
        ImageCollection all = ParquetImages.open(folder.toString(), HADOOP);
        Dataset searched = Datasets.of(all, SPLIT);
        Dataset reranked = searched.withValidation(
                        all.training().select(SPLIT.of(all, 1000).validation()))
                .withTest(all.allTest());
        for (int partition = 0; partition < 4; partition++) {
            assertSame(searched.partition(partition, 4), partition(0, searched, partition, 4));
            assertSame(reranked.partition(partition, 4), partition(1000, searched, partition, 4));
        }
        assertSame(searched, partition(0, searched, 0, 1));
    }

    private Dataset partition(int heldOut, Dataset whole, int partition, int partitions) {
        return Datasets.part(
                ParquetImages.open(folder.toString(), HADOOP),
                SPLIT,
                heldOut,
                whole.standardization(),
                partition,
                partitions);
    }

    private static void assertSame(Dataset expected, Dataset actual) {
        assertEquals(expected.name(), actual.name());
        assertEquals(expected.standardization(), actual.standardization());
        assertArrayEquals(expected.training().pixels(), actual.training().pixels());
        assertArrayEquals(expected.training().labels(), actual.training().labels());
        assertArrayEquals(expected.validation().pixels(), actual.validation().pixels());
        assertArrayEquals(expected.test().pixels(), actual.test().pixels());
        assertArrayEquals(expected.test().labels(), actual.test().labels());
    }

    /** The pixels of the last file are damaged, so only partitions with images of the last file are refused. */
    @Test
    void aPartitionReadsOnlyTheFilesOfItsImages() throws IOException {
        Dataset whole = Datasets.of(IMAGES, SPLIT);
        Path last = folder.resolve("training/part-00002.parquet");
        byte[] altered = Files.readAllBytes(last);
        altered[altered.length / 2] ^= 64;
        Files.delete(folder.resolve("training/.part-00002.parquet.crc"));
        Files.write(last, altered);
        assertSame(whole.partition(0, 3), partition(0, whole, 0, 3));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> partition(0, whole, 2, 3))
                .getMessage()
                .contains("part-00002.parquet is damaged"));
    }

    @Test
    void existingFoldersAreNotOverwritten() {
        assertTrue(assertThrows(
                        IllegalArgumentException.class, () -> ParquetImages.write(IMAGES, folder.toString(), HADOOP))
                .getMessage()
                .contains("is there already"));
    }

    @Test
    void missingCutAlteredAndForeignFilesAreRefusedByName() throws IOException {
        Path second = folder.resolve("training/part-00001.parquet");
        byte[] whole = Files.readAllBytes(second);
        Files.delete(folder.resolve("training/.part-00001.parquet.crc"));
        Files.delete(second);
        assertTrue(refusal().contains("training lacks images from number 4096 of 9000 on"), refusal());
        for (int length : new int[] {0, 3, whole.length / 2, whole.length - 1}) {
            Files.write(second, Arrays.copyOf(whole, length));
            assertTrue(refusal().contains("part-00001.parquet is no whole Parquet file"), refusal());
        }
        byte[] altered = whole.clone();
        altered[whole.length / 2] ^= 64;
        Files.write(second, altered);
        assertTrue(refusal().contains("part-00001.parquet is damaged"), refusal());
        Files.write(second, "label,pixels\n1,0\n".repeat(100).getBytes(StandardCharsets.UTF_8));
        assertTrue(refusal().contains("part-00001.parquet is no whole Parquet file"), refusal());
        Files.copy(folder.resolve("test/part-00000.parquet"), folder.resolve("training/part-00009.parquet"));
        Files.write(second, whole);
        assertTrue(refusal().contains("does not belong with the others in its folder"), refusal());
    }

    @Test
    void foldersWithoutImagesAreRefused() {
        folder = temporary.resolve("elsewhere");
        assertTrue(refusal().contains("elsewhere/training cannot be read"), refusal());
    }

    /** The files of this machine, on a disk that is full. */
    public static final class FullFiles extends WrappedFiles {

        public FullFiles() {
            super("full");
        }

        @Override
        protected OutputStream wrapped(OutputStream file) {
            return new FilterOutputStream(file) {
                @Override
                public void write(byte[] bytes, int offset, int length) {
                    // As Hadoop's local file system has it.
                    throw FullDisk.error("No space left on device");
                }
            };
        }
    }

    @Test
    void aFullDiskIsNamedAndLeavesNoPartBehind() {
        Configuration full = new Configuration(false);
        full.setClass("fs.full.impl", FullFiles.class, FileSystem.class);
        Path part = folder.resolveSibling("part");
        String message = assertThrows(
                        UncheckedIOException.class, () -> ParquetImages.write(IMAGES, "full:" + part, full))
                .getMessage();
        assertEquals(
                "the images cannot be written to full:" + part + " (No space left on device); free space, make the"
                        + " folder writable or name another",
                message);
        assertTrue(Files.notExists(part));
    }
}
