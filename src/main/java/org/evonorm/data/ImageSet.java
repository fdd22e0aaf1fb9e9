package org.evonorm.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Labelled images of one size in files or in memory, of which any selection can be read. The contract of all sources of
 * images: large sets are read in parts, and split by their labels alone.
 */
public interface ImageSet {

    /** Bytes of pixels that are read at once; large sets are never in memory as a whole. */
    int BYTES_AT_ONCE = 1 << 28;

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

    /** All images. */
    default Images all() {
        return select(IntStream.range(0, count()).toArray());
    }

    /**
     * The indices in parts whose images take some hundred megabytes each, or a single image.
     *
     * @param indices as in {@link #select}
     */
    default List<int[]> parts(int[] indices) {
        List<int[]> parts = new ArrayList<>();
        if (indices.length > 0) {
            Images one = select(Arrays.copyOf(indices, 1));
            int atOnce = Math.max(1, BYTES_AT_ONCE / Images.bytes(1, one.height(), one.width()));
            for (int first = 0; first < indices.length; first += atOnce) {
                parts.add(Arrays.copyOfRange(indices, first, Math.min(first + atOnce, indices.length)));
            }
        }
        return parts;
    }

    /** The labels at these indices, in their order. */
    static short[] selected(short[] labels, int[] indices) {
        short[] selected = new short[indices.length];
        for (int i = 0; i < selected.length; i++) {
            selected[i] = labels[indices[i]];
        }
        return selected;
    }

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
                return selected(whole.labels(), indices);
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
