package org.evonorm.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class BatchesTest {

    /** Keeps red, halves green and shifts blue by −100. */
    private static final Standardization STANDARDIZATION =
            new Standardization(List.of(0.0, 0.0, 100.0), List.of(1.0, 2.0, 1.0));

    /** Images whose pixels encode their position: red is the image and its label, green 2 · row, blue 100 + column. */
    private static Images positions(int count, int height, int width) {
        byte[] pixels = new byte[count * height * width * 3];
        byte[] labels = new byte[count];
        for (int i = 0; i < count * height * width; i++) {
            pixels[3 * i] = (byte) (i / (height * width));
            pixels[3 * i + 1] = (byte) (2 * (i / width % height));
            pixels[3 * i + 2] = (byte) (100 + i % width);
        }
        for (int i = 0; i < count; i++) {
            labels[i] = (byte) i;
        }
        return new Images(count, height, width, pixels, labels, 256);
    }

    private static float at(Batch batch, int image, int row, int column, int channel) {
        return batch.pixels()[((image * batch.height() + row) * batch.width() + column) * 3 + channel];
    }

    private static String refusal(Executable refused) {
        return assertThrows(IllegalArgumentException.class, refused).getMessage();
    }

    @Test
    void cropsAreCutFromOneImageWithAndWithoutFlip() {
        TrainingBatches batches = new TrainingBatches(positions(200, 9, 11), STANDARDIZATION, 50, 6, 1);
        int[] tops = new int[4];
        int[] lefts = new int[6];
        int flips = 0;
        int trials = 400;
        for (int step = 0; step < trials; step++) {
            Batch batch = batches.next();
            assertEquals(50, batch.count());
            assertEquals(6, batch.height());
            assertEquals(6, batch.width());
            for (int i = 0; i < 50; i++) {
                int top = (int) at(batch, i, 0, 0, 1);
                boolean flipped = at(batch, i, 0, 0, 2) > at(batch, i, 0, 5, 2);
                int left = (int) at(batch, i, 0, flipped ? 5 : 0, 2);
                tops[top]++;
                lefts[left]++;
                flips += flipped ? 1 : 0;
                for (int row = 0; row < 6; row++) {
                    for (int column = 0; column < 6; column++) {
                        assertEquals(batch.labels()[i], at(batch, i, row, column, 0));
                        assertEquals(top + row, at(batch, i, row, column, 1));
                        assertEquals(left + (flipped ? 5 - column : column), at(batch, i, row, column, 2));
                    }
                }
            }
        }
        double images = 50.0 * trials;
        assertEquals(0.5, flips / images, 0.02);
        Arrays.stream(tops).forEach(count -> assertEquals(1 / 4.0, count / images, 0.02));
        Arrays.stream(lefts).forEach(count -> assertEquals(1 / 6.0, count / images, 0.02));
    }

    @Test
    void anEpochShowsEveryImageAtMostOnceAndDropsTheRest() {
        TrainingBatches batches = new TrainingBatches(positions(107, 4, 4), STANDARDIZATION, 25, 4, 3);
        assertEquals(4, batches.perEpoch());
        Set<List<Integer>> orders = new HashSet<>();
        Set<Integer> everSeen = new HashSet<>();
        for (int epoch = 0; epoch < 30; epoch++) {
            Set<Integer> seen = new HashSet<>();
            List<Integer> first = List.of();
            for (int step = 0; step < 4; step++) {
                Batch batch = batches.next();
                List<Integer> labels = Arrays.stream(batch.labels()).boxed().toList();
                first = step == 0 ? labels : first;
                labels.forEach(label -> assertTrue(seen.add(label), "image " + label + " twice in an epoch"));
            }
            assertEquals(100, seen.size());
            everSeen.addAll(seen);
            assertTrue(orders.add(first), "epochs repeat their order");
        }
        assertEquals(107, everSeen.size());
    }

    @Test
    void theSeedDecidesAndBatchesReuseTheirArrays() {
        Images images = SyntheticImages.draw(60, 4);
        Standardization standardization = Standardization.of(images);
        TrainingBatches one = new TrainingBatches(images, standardization, 16, 24, 9);
        TrainingBatches same = new TrainingBatches(images, standardization, 16, 24, 9);
        TrainingBatches other = new TrainingBatches(images, standardization, 16, 24, 10);
        for (int step = 0; step < 12; step++) {
            Batch batch = one.next();
            Batch again = same.next();
            assertArrayEquals(batch.pixels(), again.pixels());
            assertArrayEquals(batch.labels(), again.labels());
            assertFalse(Arrays.equals(batch.pixels(), other.next().pixels()));
        }
        assertSame(one.next().pixels(), one.next().pixels());
    }

    @Test
    void skippedBatchesLeadToTheSameOnes() {
        Images images = SyntheticImages.draw(50, 4);
        Standardization standardization = Standardization.of(images);
        for (int skipped : new int[] {0, 1, 3, 10}) {
            TrainingBatches one = new TrainingBatches(images, standardization, 16, 24, 9);
            TrainingBatches same = new TrainingBatches(images, standardization, 16, 24, 9);
            for (int step = 0; step < skipped; step++) {
                one.next();
            }
            same.skip(skipped);
            for (int step = 0; step < 5; step++) {
                assertArrayEquals(one.next().pixels(), same.next().pixels());
            }
        }
    }

    @Test
    void oneBatchMayHoldAllImagesWhole() {
        Images images = positions(8, 5, 5);
        Batch batch = new TrainingBatches(images, STANDARDIZATION, 8, 5, 1).next();
        int[] labels = batch.labels().clone();
        Arrays.sort(labels);
        assertArrayEquals(new int[] {0, 1, 2, 3, 4, 5, 6, 7}, labels);
    }

    @Test
    void refusesImpossibleBatchesAndCrops() {
        Images images = positions(10, 8, 6);
        assertEquals(
                "a batch of 11 cannot be filled from 10 training images; "
                        + "choose a batch size from 1 to their number",
                refusal(() -> new TrainingBatches(images, STANDARDIZATION, 11, 4, 1)));
        refusal(() -> new TrainingBatches(images, STANDARDIZATION, 0, 4, 1));
        assertEquals(
                "crops of 7×7 cannot be cut from images of 8×6; choose a crop from 1 to their size",
                refusal(() -> new TrainingBatches(images, STANDARDIZATION, 5, 7, 1)));
        refusal(() -> new TrainingBatches(images, STANDARDIZATION, 5, 0, 1));
        refusal(() -> new EvaluationBatches(images, STANDARDIZATION, 0));
    }

    @Test
    void evaluationGoesThroughAllImagesInOrder() {
        Random random = new Random(2);
        for (int trial = 0; trial < 50; trial++) {
            int count = 1 + random.nextInt(40);
            int batchSize = 1 + random.nextInt(50);
            EvaluationBatches batches = new EvaluationBatches(positions(count, 3, 5), STANDARDIZATION, batchSize);
            for (int pass = 0; pass < 2; pass++) {
                int image = 0;
                for (Batch batch : batches) {
                    assertEquals(Math.min(batchSize, count - image), batch.count());
                    for (int i = 0; i < batch.count(); i++, image++) {
                        assertEquals(image, batch.labels()[i]);
                        assertEquals(image, at(batch, i, 2, 4, 0));
                        assertEquals(2, at(batch, i, 2, 4, 1));
                        assertEquals(4, at(batch, i, 2, 4, 2));
                    }
                }
                assertEquals(count, image);
            }
        }
    }

    @Test
    void evaluationEnds() {
        var batches = new EvaluationBatches(positions(3, 2, 2), STANDARDIZATION, 3).iterator();
        batches.next();
        assertFalse(batches.hasNext());
        assertThrows(NoSuchElementException.class, batches::next);
    }

    @Test
    void aShuffledEvaluationHasEveryImageOnceInTheOrderOfItsSeed() {
        EvaluationBatches inOrder = new EvaluationBatches(positions(200, 2, 2), STANDARDIZATION, 30);
        assertEquals(orderOf(inOrder.shuffled(1)), orderOf(inOrder.shuffled(1)));
        assertNotEquals(orderOf(inOrder.shuffled(1)), orderOf(inOrder.shuffled(2)));
        assertNotEquals(orderOf(inOrder), orderOf(inOrder.shuffled(1)));
        assertEquals(new HashSet<>(orderOf(inOrder)), new HashSet<>(orderOf(inOrder.shuffled(1))));
        assertEquals(200, orderOf(inOrder.shuffled(1)).size());
    }

    /** The images in the order of the batches, by their labels, which must be those of the pixels. */
    private static List<Integer> orderOf(EvaluationBatches batches) {
        List<Integer> order = new ArrayList<>();
        for (Batch batch : batches) {
            for (int i = 0; i < batch.count(); i++) {
                assertEquals(batch.labels()[i], (int) at(batch, i, 1, 1, 0));
                order.add(batch.labels()[i]);
            }
        }
        return order;
    }
}
