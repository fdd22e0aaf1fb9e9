package org.evonorm.data;

import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * Batches for scoring: all images whole and in order; the last batch holds what is left. An iteration's batches share
 * their arrays, so that each is valid until the next one is asked for; iterations do not disturb each other.
 */
public final class EvaluationBatches implements Iterable<Batch> {

    private final Images images;
    private final Standardization standardization;
    private final int batchSize;

    /** @param batchSize most images in a batch, at least 1 */
    public EvaluationBatches(Images images, Standardization standardization, int batchSize) {
        if (batchSize < 1) {
            throw new IllegalArgumentException("an evaluation batch holds at least 1 image, not " + batchSize);
        }
        this.images = images;
        this.standardization = standardization;
        this.batchSize = batchSize;
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
                for (int slot = 0; slot < count; slot++) {
                    filler.fill(slot, position++, 0, 0, false);
                }
                return filler.batch(count);
            }
        };
    }
}
