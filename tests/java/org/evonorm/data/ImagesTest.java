package org.evonorm.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ImagesTest {

    private static Images random(int count, int height, int width, long seed) {
        byte[] pixels = new byte[count * height * width * 3];
        byte[] labels = new byte[count];
        Random random = new Random(seed);
        random.nextBytes(pixels);
        IntStream.range(0, count).forEach(i -> labels[i] = (byte) random.nextInt(200));
        return new Images(count, height, width, pixels, labels, 200);
    }

    @Test
    void partitionsHoldEveryImageOnceInOrder() {
        for (int count : new int[] {1, 2, 7, 30}) {
            Images images = random(count, 2, 3, count);
            for (int partitions = 1; partitions < 12; partitions++) {
                ByteArrayOutputStream pixels = new ByteArrayOutputStream();
                List<Integer> labels = new ArrayList<>();
                for (int i = 0; i < partitions; i++) {
                    Images partition = images.partition(i, partitions);
                    assertTrue(partition.count() == count / partitions || partition.count() == count / partitions + 1);
                    pixels.writeBytes(partition.pixels());
                    IntStream.range(0, partition.count()).forEach(image -> labels.add(partition.label(image)));
                }
                assertArrayEquals(images.pixels(), pixels.toByteArray());
                assertEquals(IntStream.range(0, count).mapToObj(images::label).toList(), labels);
            }
        }
        assertThrows(IllegalArgumentException.class, () -> random(4, 1, 1, 1).partition(2, 2));
        assertThrows(IllegalArgumentException.class, () -> random(4, 1, 1, 1).partition(-1, 2));
    }

    @Test
    void selectsInTheOrderOfTheIndices() {
        Images images = random(5, 1, 1, 8);
        Images selected = images.select(new int[] {4, 0, 4});
        assertEquals(3, selected.count());
        assertEquals(images.label(4), selected.label(0));
        assertEquals(images.label(0), selected.label(1));
        assertEquals(images.pixels()[13], selected.pixels()[7]);
    }

    @Test
    void refusesLabelsAndSizesThatDoNotFit() {
        var label = assertThrows(
                IllegalArgumentException.class,
                () -> new Images(2, 1, 1, new byte[6], new byte[] {0, (byte) 200}, 200));
        assertTrue(label.getMessage().contains("image 1 has label 200"), label.getMessage());
        assertThrows(IllegalArgumentException.class, () -> new Images(2, 1, 1, new byte[5], new byte[2], 10));
        assertThrows(IllegalArgumentException.class, () -> new Images(2, 1, 1, new byte[6], new byte[3], 10));
        assertThrows(IllegalArgumentException.class, () -> new Images(-1, 1, 1, new byte[0], new byte[0], 10));
    }

    @Test
    void standardizationMatchesTheTwoPassFormula() {
        Images images = random(50, 7, 5, 3);
        Standardization standardization = Standardization.of(images);
        for (int channel = 0; channel < 3; channel++) {
            double[] values = new double[50 * 7 * 5];
            for (int i = 0; i < values.length; i++) {
                values[i] = Byte.toUnsignedInt(images.pixels()[3 * i + channel]);
            }
            double mean = IntStream.range(0, values.length)
                    .mapToDouble(i -> values[i])
                    .average()
                    .getAsDouble();
            double variance = IntStream.range(0, values.length)
                    .mapToDouble(i -> (values[i] - mean) * (values[i] - mean))
                    .average()
                    .getAsDouble();
            assertEquals(mean, standardization.mean().get(channel), 1e-9);
            assertEquals(Math.sqrt(variance), standardization.deviation().get(channel), 1e-9);
        }
    }

    @Test
    void standardizedPixelsHaveMeanZeroAndDeviationOne() {
        Images images = SyntheticImages.draw(100, 6);
        double[] sum = new double[3];
        double[] squares = new double[3];
        for (Batch batch : new EvaluationBatches(images, Standardization.of(images), 100)) {
            for (int i = 0; i < batch.pixels().length; i++) {
                sum[i % 3] += batch.pixels()[i];
                squares[i % 3] += (double) batch.pixels()[i] * batch.pixels()[i];
            }
        }
        for (int channel = 0; channel < 3; channel++) {
            assertEquals(0, sum[channel] / (100 * 32 * 32), 1e-6);
            assertEquals(1, squares[channel] / (100 * 32 * 32), 1e-6);
        }
    }

    @Test
    void refusesToStandardizeByNothing() {
        Images constant = new Images(2, 1, 1, new byte[] {1, 2, 3, 9, 2, 7}, new byte[2], 2);
        var refusal = assertThrows(IllegalArgumentException.class, () -> Standardization.of(constant));
        assertTrue(refusal.getMessage().startsWith("channel 1 is 2.0 in all pixels"), refusal.getMessage());
        assertThrows(
                IllegalArgumentException.class,
                () -> Standardization.of(new Images(0, 1, 1, new byte[0], new byte[0], 2)));
        assertThrows(
                IllegalArgumentException.class,
                () -> new Standardization(List.of(0.0, 0.0, Double.NaN), List.of(1.0, 1.0, 1.0)));
        assertThrows(
                IllegalArgumentException.class,
                () -> new Standardization(List.of(0.0, 0.0, 0.0), List.of(1.0, 0.0, 1.0)));
        assertThrows(IllegalArgumentException.class, () -> new Standardization(List.of(0.0), List.of(1.0)));
    }
}
