package org.evonorm.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DatasetFactsTest {

    private static Images random(int count, int classes, long seed) {
        Random random = new Random(seed);
        byte[] pixels = new byte[count * 3 * 2 * 3];
        random.nextBytes(pixels);
        short[] labels = new short[count];
        for (int i = 0; i < count; i++) {
            labels[i] = (short) (i < classes ? i : random.nextInt(classes));
        }
        return new Images(count, 3, 2, pixels, labels, classes);
    }

    private static PixelFacts inStretches(Images images, int[] indices, int stretches) {
        return IntStream.range(0, stretches)
                .mapToObj(stretch -> PixelFacts.of(images.select(Split.partitionOf(indices, stretch, stretches))))
                .reduce(PixelFacts::then)
                .orElseThrow();
    }

    private static short[] labels(Images images, int[] indices) {
        return images.select(indices).labels();
    }

    /** The facts of stretches that different processes read are those of the whole, checksum included. */
    @ParameterizedTest
    @ValueSource(ints = {2, 10, 256, 257, 1000})
    void stretchesGiveTheFactsOfTheWhole(int classes) {
        Images images = random(2100, classes, classes);
        ImageCollection collection = new ImageCollection("random", classes, List.of(), images, images);
        Split split = new Split(500, 1200, 3);
        Split.Parts parts = split.of(collection, 0);
        Dataset whole = Datasets.of(collection, split);
        for (int stretches : new int[] {1, 2, 7}) {
            DatasetFacts facts = DatasetFacts.of(
                    collection,
                    new DatasetFacts.SplitLabels(labels(images, parts.training()), labels(images, parts.validation())),
                    inStretches(images, parts.training(), stretches),
                    inStretches(images, parts.validation(), stretches));
            assertEquals(whole.facts(), facts);
        }
    }

    /** Labels above 255 count in the checksum as a whole. */
    @Test
    void theChecksumTellsLabelsApart() {
        Images images = random(1000, 1000, 1);
        short[] other = images.labels().clone();
        other[999] = (short) (999 - 256);
        Images changed = new Images(1000, 3, 2, images.pixels(), other, 1000);
        Standardization standardization = Standardization.of(images);
        List<String> checksums = List.of(images, changed).stream()
                .map(set -> new Dataset("random", set, images, images, standardization).checksum())
                .distinct()
                .toList();
        assertEquals(2, checksums.size());
    }

    @Test
    void aLineTellsTheClasses() {
        Images images = random(20, 2, 1);
        ImageCollection named = new ImageCollection("pets", 2, List.of("cat", "dog"), images, images);
        assertEquals(
                "15 images to train on, 5 to validate on (2 classes, pets: cat, dog)",
                Datasets.of(named, new Split(5, 1)).facts().sizes());
    }

    @Test
    void stretchesOfOtherSizesAreRefused() {
        Images images = random(4, 2, 1);
        Images others = new Images(4, 2, 3, images.pixels(), images.labels(), 2);
        assertThrows(IllegalArgumentException.class, () -> PixelFacts.of(images).then(PixelFacts.of(others)));
    }

    @Test
    void moreImagesThanAnArrayHoldsAreRefusedWithAMend() {
        String message = assertThrows(IllegalArgumentException.class, () -> Images.bytes(20_000, 224, 224))
                .getMessage();
        assertEquals(
                "20000 images of 224×224 take 2871 MiB, more than the 2,047 MiB that the images of one process may take;"
                        + " take fewer (data.training-images) or smaller ones (data.image-size), or train on partitions"
                        + " (training.partitions)",
                message);
    }

    @Test
    void testImagesThatASourceLacksAreDrawnFromItsImages() {
        Images images = random(61, 3, 9);
        ImageCollection drawn = ImageCollection.drawingTest("random", 3, List.of(), images);
        assertEquals(10, drawn.test().count());
        assertEquals(51, drawn.training().count());
        long[] distinct = {
            Arrays.stream(rows(drawn.allTest())).distinct().count(),
            Arrays.stream(rows(drawn.allTraining())).distinct().count(),
            Stream.concat(Arrays.stream(rows(drawn.allTest())), Arrays.stream(rows(drawn.allTraining())))
                    .distinct()
                    .count()
        };
        assertEquals(List.of(10L, 51L, 61L), Arrays.stream(distinct).boxed().toList());
    }

    private static String[] rows(Images images) {
        return IntStream.range(0, images.count())
                .mapToObj(image -> Arrays.toString(Arrays.copyOfRange(images.pixels(), image * 18, (image + 1) * 18)))
                .toArray(String[]::new);
    }
}
