package org.evonorm.data;

/**
 * The filler of batches, which standardizes crops of images into the arrays of a batch. All batches of a filler reuse
 * the same arrays, so that no pixels are allocated per step.
 */
final class BatchFiller {

    private static final int GREEN = Standardization.BYTE_VALUES;
    private static final int BLUE = 2 * Standardization.BYTE_VALUES;

    private final Images images;
    /** Standardized value by channel and byte, as {@link Standardization#table} orders them. */
    private final float[] table;

    private final int height;
    private final int width;
    private final float[] pixels;
    private final int[] labels;

    /** A filler of batches of at most {@code batchSize} crops of this height and width. */
    BatchFiller(Images images, Standardization standardization, int batchSize, int height, int width) {
        this.images = images;
        this.table = standardization.table();
        this.height = height;
        this.width = width;
        this.pixels = new float[Math.multiplyExact(batchSize, height * width * Images.CHANNELS)];
        this.labels = new int[batchSize];
    }

    /**
     * Fills one position of the batch with a crop.
     *
     * @param position index in the batch
     * @param image    index of the image
     * @param top      first row of the crop
     * @param left     first column of the crop
     * @param flipped  whether the crop is flipped horizontally
     */
    void fill(int position, int image, int top, int left, boolean flipped) {
        labels[position] = images.label(image);
        byte[] bytes = images.pixels();
        int step = flipped ? -Images.CHANNELS : Images.CHANNELS;
        int first = flipped ? left + width - 1 : left;
        int to = position * height * width * Images.CHANNELS;
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

    /** The batch of the first {@code count} positions. */
    Batch batch(int count) {
        return new Batch(count, height, width, pixels, labels);
    }
}
