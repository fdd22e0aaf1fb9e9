package org.evonorm.data;

/** Standardizes cuttings of images into the arrays of one batch, which every batch in turn reuses. */
final class BatchFiller {

    private static final int GREEN = Standardization.BYTE_VALUES;
    private static final int BLUE = 2 * Standardization.BYTE_VALUES;

    private final Images images;
    private final float[] table;
    private final int height;
    private final int width;
    private final float[] pixels;
    private final int[] labels;

    /** For batches of up to {@code batchSize} cuttings of this height and width. */
    BatchFiller(Images images, Standardization standardization, int batchSize, int height, int width) {
        this.images = images;
        this.table = standardization.table();
        this.height = height;
        this.width = width;
        this.pixels = new float[Math.multiplyExact(batchSize, height * width * Images.CHANNELS)];
        this.labels = new int[batchSize];
    }

    /** Puts an image's cutting from this row and column on, mirrored if {@code flipped}, into a slot of the batch. */
    void fill(int slot, int image, int top, int left, boolean flipped) {
        labels[slot] = images.label(image);
        byte[] bytes = images.pixels();
        int step = flipped ? -Images.CHANNELS : Images.CHANNELS;
        int first = flipped ? left + width - 1 : left;
        int to = slot * height * width * Images.CHANNELS;
        for (int row = 0; row < height; row++) {
            int from = ((image * images.height() + top + row) * images.width() + first) * Images.CHANNELS;
            for (int column = 0; column < width; column++) {
                pixels[to] = table[bytes[from] & 0xff];
                pixels[to + 1] = table[GREEN + (bytes[from + 1] & 0xff)];
                pixels[to + 2] = table[BLUE + (bytes[from + 2] & 0xff)];
                to += Images.CHANNELS;
                from += step;
            }
        }
    }

    /** The batch of the first {@code count} slots. */
    Batch batch(int count) {
        return new Batch(count, height, width, pixels, labels);
    }
}
