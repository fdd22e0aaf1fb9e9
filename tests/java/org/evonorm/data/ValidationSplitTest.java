package org.evonorm.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ValidationSplitTest {

    /** Images of one pixel, whose red and green bytes are the image's index; classes are random. */
    private static Images numbered(int count, int classes, Random random) {
        byte[] pixels = new byte[count * 3];
        byte[] labels = new byte[count];
        for (int i = 0; i < count; i++) {
            pixels[3 * i] = (byte) i;
            pixels[3 * i + 1] = (byte) (i >> 8);
            labels[i] = (byte) random.nextInt(classes);
        }
        return new Images(count, 1, 1, pixels, labels, classes);
    }

    private static int[] numbers(Images images) {
        return IntStream.range(0, images.count())
                .map(i -> Byte.toUnsignedInt(images.pixels()[3 * i])
                        + (Byte.toUnsignedInt(images.pixels()[3 * i + 1]) << 8))
                .toArray();
    }

    private static int[] classCounts(Images images) {
        int[] counts = new int[images.classes()];
        IntStream.range(0, images.count()).forEach(i -> counts[images.label(i)]++);
        return counts;
    }

    @Test
    void partsShareNoImageAndTogetherHaveAll() {
        Random random = new Random(1);
        for (int trial = 0; trial < 200; trial++) {
            Images images = numbered(2 + random.nextInt(300), 1 + random.nextInt(12), random);
            int validation = 1 + random.nextInt(images.count() - 1);
            ValidationSplit split = ValidationSplit.of(images, validation, trial);
            assertEquals(validation, split.validation().count());
            int[] both = IntStream.concat(
                            Arrays.stream(numbers(split.training())), Arrays.stream(numbers(split.validation())))
                    .sorted()
                    .toArray();
            assertArrayEquals(IntStream.range(0, images.count()).toArray(), both);
            int[] numbers = numbers(split.training());
            for (int i = 0; i < numbers.length; i++) {
                assertEquals(images.label(numbers[i]), split.training().label(i), "labels stay with their images");
            }
        }
    }

    @Test
    void heldOutImagesAreInNoPartAndDoNotChangeIt() {
        Random random = new Random(8);
        for (int trial = 0; trial < 200; trial++) {
            Images images = numbered(10 + random.nextInt(300), 1 + random.nextInt(12), random);
            int validation = 1 + random.nextInt(images.count() - 2);
            int training = 1 + random.nextInt(images.count() - validation - 1);
            int rest = images.count() - validation - training;
            int heldOut = 1 + random.nextInt(rest);
            ValidationSplit split = ValidationSplit.of(images, validation, training, trial);
            int[] held = numbers(ValidationSplit.heldOut(images, validation, training, heldOut, trial));
            assertEquals(heldOut, held.length);
            long distinct = IntStream.of(held).distinct().count();
            assertEquals(heldOut, distinct);
            IntStream.concat(Arrays.stream(numbers(split.training())), Arrays.stream(numbers(split.validation())))
                    .forEach(number -> assertTrue(Arrays.binarySearch(held, number) < 0));
            String refusal = assertThrows(
                            IllegalArgumentException.class,
                            () -> ValidationSplit.heldOut(images, validation, training, rest + 1, 1))
                    .getMessage();
            assertTrue(refusal.endsWith("leave " + rest), refusal);
        }
        Images all = numbered(50, 10, random);
        assertThrows(IllegalArgumentException.class, () -> ValidationSplit.heldOut(all, 10, Integer.MAX_VALUE, 1, 1));
    }

    @Test
    void classesAreEvenAsLongAsTheyLast() {
        Images images = numbered(1000, 10, new Random(2));
        int[] counts = classCounts(ValidationSplit.of(images, 405, 7).validation());
        assertEquals(40, Arrays.stream(counts).min().getAsInt());
        assertEquals(41, Arrays.stream(counts).max().getAsInt());
        ValidationSplit limited = ValidationSplit.of(images, 400, 300, 7);
        assertArrayEquals(IntStream.generate(() -> 30).limit(10).toArray(), classCounts(limited.training()));
        assertEquals(300, limited.training().count());
    }

    @Test
    void unevenClassesKeepTheirSharesInEveryPart() {
        byte[] labels = new byte[110];
        Arrays.fill(labels, 50, 60, (byte) 1);
        Images images = new Images(110, 1, 1, new byte[330], labels, 2);
        ValidationSplit split = ValidationSplit.of(images, 44, 33, 1);
        assertArrayEquals(new int[] {40, 4}, classCounts(split.validation()));
        assertArrayEquals(new int[] {30, 3}, classCounts(split.training()));
        labels = new byte[100];
        labels[17] = 1;
        Images lonely = new Images(100, 1, 1, new byte[300], labels, 2);
        assertArrayEquals(
                new int[] {40, 0}, classCounts(ValidationSplit.of(lonely, 40, 1).validation()));
        assertArrayEquals(
                new int[] {59, 1}, classCounts(ValidationSplit.of(lonely, 40, 1).training()));
    }

    @Test
    void theSeedDecides() {
        Images images = numbered(500, 10, new Random(3));
        int[] first = numbers(ValidationSplit.of(images, 100, 1).validation());
        assertArrayEquals(first, numbers(ValidationSplit.of(images, 100, 1).validation()));
        assertFalse(
                Arrays.equals(first, numbers(ValidationSplit.of(images, 100, 2).validation())));
        assertArrayEquals(first, numbers(ValidationSplit.of(images, 100, 50, 1).validation()));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 50, 51, Integer.MAX_VALUE})
    void refusesSplitsThatLeaveAPartEmpty(int validation) {
        Images images = numbered(50, 10, new Random(4));
        var refusal = assertThrows(IllegalArgumentException.class, () -> ValidationSplit.of(images, validation, 1));
        assertTrue(refusal.getMessage().contains("choose from 1 to 49"), refusal.getMessage());
        assertThrows(IllegalArgumentException.class, () -> ValidationSplit.of(images, 10, 0, 1));
    }
}
