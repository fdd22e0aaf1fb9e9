package org.evonorm.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SyntheticImagesTest {

    @Test
    void theSeedGivesTheSameBytesEverywhere() {
        CRC32 checksum = new CRC32();
        checksum.update(SyntheticImages.draw(200, 42).pixels());
        assertEquals(331421714L, checksum.getValue());
    }

    @Test
    void moreImagesBeginWithTheSameImages() {
        Images few = SyntheticImages.draw(30, 5);
        Images many = SyntheticImages.draw(50, 5);
        assertArrayEquals(few.pixels(), Arrays.copyOf(many.pixels(), few.pixels().length));
        assertFalse(Arrays.equals(few.pixels(), SyntheticImages.draw(30, 6).pixels()));
    }

    @Test
    void classesAreEvenAndImagesDiffer() {
        Images images = SyntheticImages.draw(1000, 7);
        int[] counts = new int[images.classes()];
        for (int i = 0; i < images.count(); i++) {
            counts[images.label(i)]++;
        }
        assertEquals(10, counts.length);
        Arrays.stream(counts).forEach(count -> assertEquals(100, count));
        long distinct = IntStream.range(0, 1000)
                .mapToObj(i -> Arrays.hashCode(
                        Arrays.copyOfRange(images.pixels(), i * Canvas.VALUES, (i + 1) * Canvas.VALUES)))
                .distinct()
                .count();
        assertTrue(distinct > 990, distinct + " of 1000 images differ");
    }

    @Test
    void partsOfADatasetAreDrawnIndependently() {
        Dataset small = Datasets.synthetic(3, 50, 20, 10);
        Dataset large = Datasets.synthetic(3, 100, 20, 10);
        assertEquals("synthetic", small.name());
        assertEquals(10, small.classes());
        assertArrayEquals(small.validation().pixels(), large.validation().pixels());
        assertArrayEquals(small.test().pixels(), large.test().pixels());
        byte[] validation = Arrays.copyOf(small.validation().pixels(), 10 * Canvas.VALUES);
        assertFalse(Arrays.equals(small.test().pixels(), validation));
        assertEquals(Standardization.of(small.training()), small.standardization());
    }

    /** Classes differ in form, which a linear model of pixels cannot learn, and in a tint, which it can. */
    @Test
    void aLinearModelLearnsSomethingButNotTheTask() {
        Dataset dataset = Datasets.synthetic(11, 4000, 1000, 1);
        SoftmaxRegression regression = new SoftmaxRegression(dataset);
        for (int epoch = 0; epoch < 10; epoch++) {
            regression.epoch();
        }
        double training = regression.accuracy(dataset.training());
        double validation = regression.accuracy(dataset.validation());
        assertTrue(training > 0.4, "not trained: " + training);
        assertTrue(validation > 0.15 && validation < 0.6, "held-out accuracy " + validation);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 700_000, Integer.MAX_VALUE})
    void refusesImpossibleNumbers(int count) {
        var refusal = assertThrows(IllegalArgumentException.class, () -> SyntheticImages.draw(count, 1));
        assertTrue(refusal.getMessage().contains("not " + count), refusal.getMessage());
    }
}
