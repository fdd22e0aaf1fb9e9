package org.evonorm.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParquetImagesTest {

    private static final Configuration HADOOP = new Configuration();
    private static final ParquetImages IMAGES = new ParquetImages("noise", noise(9000, 1), noise(5, 2));

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
        IMAGES.write(folder.toString(), HADOOP);
    }

    private String refusal() {
        return assertThrows(IllegalArgumentException.class, () -> ParquetImages.read(folder.toString(), HADOOP))
                .getMessage();
    }

    @Test
    void imagesComeBackAsTheyWere() {
        ParquetImages read = ParquetImages.read(folder.toString(), HADOOP);
        assertEquals("noise", read.name());
        assertArrayEquals(IMAGES.training().pixels(), read.training().pixels());
        assertArrayEquals(IMAGES.training().labels(), read.training().labels());
        assertArrayEquals(IMAGES.test().pixels(), read.test().pixels());
        assertEquals(256, read.test().classes());
    }

    @Test
    void whatIsThereIsNotOverwritten() {
        assertTrue(assertThrows(IllegalArgumentException.class, () -> IMAGES.write(folder.toString(), HADOOP))
                .getMessage().contains("is there already"));
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
        Files.write(second, "label,pixels\n1,0\n".repeat(100).getBytes());
        assertTrue(refusal().contains("part-00001.parquet is no whole Parquet file"), refusal());
        Files.copy(folder.resolve("test/part-00000.parquet"), folder.resolve("training/part-00009.parquet"));
        Files.write(second, whole);
        assertTrue(refusal().contains("does not belong with the others in its folder"), refusal());
    }

    @Test
    void aFolderOfSomethingElseIsRefused() {
        folder = temporary.resolve("elsewhere");
        assertTrue(refusal().contains("elsewhere/training cannot be read"), refusal());
    }
}
