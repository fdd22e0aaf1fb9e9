package org.evonorm.data;

/**
 * Labelled images of one size in files or in memory, of which any selection can be read. The contract of all sources of
 * images: large sets are read in parts, and split by their labels alone.
 */
public interface ImageSet {

    /** Number of images. */
    int count();

    /** The class numbers of all images, [count], from 0; pixels are read only where labels stand beside them. */
    short[] labels();

    /**
     * The images at these indices, in their order.
     *
     * @param indices increasing indices from 0
     * @throws IllegalArgumentException     if an image is damaged or does not fit; the message names its file
     * @throws java.io.UncheckedIOException if a file cannot be read
     */
    Images select(int[] indices);

    /** The subset of the images at these increasing indices, not read yet. */
    default ImageSet subset(int[] indices) {
        ImageSet whole = this;
        return new ImageSet() {
            @Override
            public int count() {
                return indices.length;
            }

            @Override
            public short[] labels() {
                short[] all = whole.labels();
                short[] labels = new short[indices.length];
                for (int i = 0; i < labels.length; i++) {
                    labels[i] = all[indices[i]];
                }
                return labels;
            }

            @Override
            public Images select(int[] selected) {
                int[] mapped = new int[selected.length];
                for (int i = 0; i < mapped.length; i++) {
                    mapped[i] = indices[selected[i]];
                }
                return whole.select(mapped);
            }
        };
    }
}
