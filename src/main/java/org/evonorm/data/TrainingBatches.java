package org.evonorm.data;

import java.util.SplittableRandom;

/**
 * The batches of a training, an endless sequence. Every epoch goes through the images in a new random order and drops
 * the last images if they do not fill a batch. Every image is cropped at a random place, without padding, and flipped
 * horizontally with probability one half (paper, section 4). The same seed gives the same batches. Not safe for use by
 * several threads.
 */
public final class TrainingBatches {

    private final Images images;
    private final int batchSize;
    private final int crop;
    private final SplittableRandom random;
    private final BatchFiller filler;
    /** The images in the order of this epoch. */
    private final int[] order;

    private int position;

    /**
     * Batches of crops of these images.
     *
     * @param batchSize images per batch, at most the number of images
     * @param crop      height and width of the crops, at most the height and the width of the images
     * @throws IllegalArgumentException if the batch size or the crop is out of range
     */
    public TrainingBatches(Images images, Standardization standardization, int batchSize, int crop, long seed) {
        if (batchSize < 1 || batchSize > images.count()) {
            throw new IllegalArgumentException("a batch of " + batchSize + " cannot be filled from " + images.count()
                    + " training images; choose a batch size from 1 to their number");
        }
        if (crop < 1 || crop > Math.min(images.height(), images.width())) {
            throw new IllegalArgumentException("crops of " + crop + "×" + crop + " cannot be cut from images of "
                    + images.height() + "×" + images.width() + "; choose a crop from 1 to their size");
        }
        this.images = images;
        this.batchSize = batchSize;
        this.crop = crop;
        this.random = new SplittableRandom(seed);
        this.filler = new BatchFiller(images, standardization, batchSize, crop, crop);
        this.order = new int[images.count()];
        for (int i = 0; i < order.length; i++) {
            order[i] = i;
        }
        this.position = order.length;
    }

    /** Number of batches per epoch. */
    public int perEpoch() {
        return order.length / batchSize;
    }

    /** The next batch, in the same arrays as all batches, so the last batch is no longer valid. */
    public Batch next() {
        shuffleAtEpoch();
        for (int i = 0; i < batchSize; i++) {
            int top = random.nextInt(images.height() - crop + 1);
            int left = random.nextInt(images.width() - crop + 1);
            filler.fill(i, order[position++], top, left, random.nextBoolean());
        }
        return filler.batch(batchSize);
    }

    /** Skips batches, with the effect of {@code batches} calls of {@link #next}, without filling any. */
    public void skip(int batches) {
        for (int batch = 0; batch < batches; batch++) {
            shuffleAtEpoch();
            for (int i = 0; i < batchSize; i++) {
                random.nextInt(images.height() - crop + 1);
                random.nextInt(images.width() - crop + 1);
                random.nextBoolean();
            }
            position += batchSize;
        }
    }

    private void shuffleAtEpoch() {
        if (position + batchSize > order.length) {
            Shuffling.shuffle(order, random);
            position = 0;
        }
    }
}
