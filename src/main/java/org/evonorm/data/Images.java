package org.evonorm.data;

import java.io.Serializable;
import java.util.Arrays;

/**
 * Labelled images of one size.
 *
 * @param pixels  bytes 0 to 255 (unsigned), in the order image, row, column, channel (NHWC, RGB)
 * @param labels  one class a image, from 0 (unsigned bytes)
 * @param classes number of classes, at most 256
 */
public record Images(int count, int height, int width, byte[] pixels, byte[] labels, int classes)
        implements Serializable {

    /** Colour channels of every image. */
    public static final int CHANNELS = 3;

    public Images {
        if (pixels.length != (long) count * height * width * CHANNELS || labels.length != count) {
            throw new IllegalArgumentException(count + " images of " + height + "×" + width + " need "
                    + (long) count * height * width * CHANNELS + " bytes and as many labels as images, not "
                    + pixels.length + " and " + labels.length);
        }
        for (int i = 0; i < count; i++) {
            if (Byte.toUnsignedInt(labels[i]) >= classes) {
                throw new IllegalArgumentException("image " + i + " has label " + Byte.toUnsignedInt(labels[i])
                        + ", but there are only " + classes + " classes, numbered from 0");
            }
        }
    }

    /** The class of an image. */
    public int label(int image) {
        return Byte.toUnsignedInt(labels[image]);
    }

    /** A copy of the images at these indices, in their order. */
    public Images select(int[] indices) {
        int imageBytes = height * width * CHANNELS;
        byte[] selected = new byte[Math.multiplyExact(indices.length, imageBytes)];
        byte[] selectedLabels = new byte[indices.length];
        for (int i = 0; i < indices.length; i++) {
            System.arraycopy(pixels, indices[i] * imageBytes, selected, i * imageBytes, imageBytes);
            selectedLabels[i] = labels[indices[i]];
        }
        return new Images(indices.length, height, width, selected, selectedLabels, classes);
    }

    /** Where a partition of so many images starts. */
    static int start(int count, int partition, int partitions) {
        return (int) ((long) count * partition / partitions);
    }

    /**
     * A copy of one of {@code partitions} stretches that together hold every image once, in order, and whose numbers of
     * images differ by at most one.
     *
     * @param partition from 0
     */
    public Images partition(int partition, int partitions) {
        if (partition < 0 || partition >= partitions) {
            throw new IllegalArgumentException("there is no partition " + partition + " of " + partitions);
        }
        int from = start(count, partition, partitions);
        int to = start(count, partition + 1, partitions);
        int imageBytes = height * width * CHANNELS;
        return new Images(
                to - from,
                height,
                width,
                Arrays.copyOfRange(pixels, from * imageBytes, to * imageBytes),
                Arrays.copyOfRange(labels, from, to),
                classes);
    }
}
