package org.evonorm.data;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * The batches of an evaluation: all images, in order or in a random one, without crops; the last batch may be smaller.
 * Batches of one iteration share their arrays, so a batch is valid until the next batch is taken; iterations are
 * independent.
 */
public final class EvaluationBatches implements Iterable<Batch> {

    private final Images images;
    private final Standardization standardization;
    private final int batchSize;
    private final int[] order;

    /**
     * Batches of these images.
     *
     * @param batchSize largest number of images per batch, at least 1
     * @throws IllegalArgumentException if the batch size is below 1
     */
    public EvaluationBatches(Images images, Standardization standardization, int batchSize) {
        this(
                images,
                standardization,
                batchSize,
                IntStream.range(0, images.count()).toArray());
    }

    private EvaluationBatches(Images images, Standardization standardization, int batchSize, int[] order) {
        if (batchSize < 1) {
            throw new IllegalArgumentException("an evaluation batch holds at least 1 image, not " + batchSize);
        }
        this.images = images;
        this.standardization = standardization;
        this.batchSize = batchSize;
        this.order = order;
    }

    /** The batches of the same images in a random order, in which every permutation is equally likely. */
    public EvaluationBatches shuffled(long seed) {
        int[] shuffled = Shuffling.order(images.count(), new SplittableRandom(seed));
        return new EvaluationBatches(images, standardization, batchSize, shuffled);
    }

    @Override
    public Iterator<Batch> iterator() {
        int size = Math.min(batchSize, images.count());
        BatchFiller filler = new BatchFiller(images, standardization, size, images.height(), images.width());
        return new Iterator<>() {
            private int position;

            @Override
            public boolean hasNext() {
                return position < images.count();
            }

            @Override
            public Batch next() {
                if (!hasNext()) {
                    throw new NoSuchElementException("all " + images.count() + " images have been given");
                }
                int count = Math.min(size, images.count() - position);
                for (int i = 0; i < count; i++) {
                    filler.fill(i, order[position++], 0, 0, false);
                }
                return filler.batch(count);
            }
        };
    }
}
