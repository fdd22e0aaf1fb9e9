package org.evonorm.data;

import java.io.Serializable;
import java.util.Arrays;
import java.util.zip.CRC32;

/**
 * Labelled images of the same size, as bytes: a quarter of the memory of floats, and standardized per batch. The
 * constructor throws IllegalArgumentException if sizes and labels do not fit.
 *
 * @param count   number of images
 * @param pixels  unsigned bytes, [count, height, width, 3] (NHWC, RGB)
 * @param labels  [count], one class number per image, from 0
 * @param classes number of classes
 */
public record Images(int count, int height, int width, byte[] pixels, short[] labels, int classes)
        implements ImageSet, Serializable {

    /** Number of colour channels. */
    public static final int CHANNELS = 3;

    /** Number of class numbers that fit in a byte. */
    private static final int BYTE_CLASSES = 256;

    public Images {
        if (pixels.length != (long) count * height * width * CHANNELS || labels.length != count) {
            throw new IllegalArgumentException(count + " images of " + height + "×" + width + " need "
                    + (long) count * height * width * CHANNELS + " bytes and as many labels as images, not "
                    + pixels.length + " and " + labels.length);
        }
        for (int i = 0; i < count; i++) {
            if (labels[i] < 0 || labels[i] >= classes) {
                throw new IllegalArgumentException("image " + i + " has label " + labels[i] + ", but there are only "
                        + classes + " classes, numbered from 0");
            }
        }
    }

    /** Images whose labels are unsigned bytes, [count]. */
    public Images(int count, int height, int width, byte[] pixels, byte[] labels, int classes) {
        this(count, height, width, pixels, widened(labels), classes);
    }

    private static short[] widened(byte[] labels) {
        short[] wide = new short[labels.length];
        for (int i = 0; i < wide.length; i++) {
            wide[i] = (short) Byte.toUnsignedInt(labels[i]);
        }
        return wide;
    }

    /**
     * Number of bytes of this many images.
     *
     * @throws IllegalArgumentException if an array cannot hold as many
     */
    public static int bytes(int count, int height, int width) {
        long bytes = Math.multiplyExact((long) count, (long) height * width * CHANNELS);
        if (bytes > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException(count + " images of " + height + "×" + width + " take " + (bytes >> 20)
                    + " MiB, more than the 2,047 MiB that the images of one process may take; take fewer"
                    + " (data.training-images) or smaller ones (data.image-size), or train on partitions"
                    + " (training.partitions)");
        }
        return (int) bytes;
    }

    /** The class number of an image. */
    public int label(int image) {
        return labels[image];
    }

    /**
     * The share of the most frequent class, which guessing this class reaches as accuracy; 0 if there are no images.
     */
    public double largestClassShare() {
        int[] counts = new int[classes];
        for (int image = 0; image < count; image++) {
            counts[label(image)]++;
        }
        return (double) Arrays.stream(counts).max().orElse(0) / Math.max(1, count);
    }

    /** A copy of the images at these indices, in the order of the indices. */
    @Override
    public Images select(int[] indices) {
        int imageBytes = height * width * CHANNELS;
        byte[] selected = new byte[bytes(indices.length, height, width)];
        short[] selectedLabels = new short[indices.length];
        for (int i = 0; i < indices.length; i++) {
            System.arraycopy(pixels, indices[i] * imageBytes, selected, i * imageBytes, imageBytes);
            selectedLabels[i] = labels[indices[i]];
        }
        return new Images(indices.length, height, width, selected, selectedLabels, classes);
    }

    /** The index of the first image of a partition of {@code count} images. */
    static int partitionStart(int count, int partition, int partitions) {
        return (int) ((long) count * partition / partitions);
    }

    /**
     * A copy of one partition of the images. The partitions are consecutive and together have every image once; their
     * numbers of images differ by at most one.
     *
     * @param partition from 0
     * @throws IllegalArgumentException if the partition does not exist
     */
    public Images partition(int partition, int partitions) {
        if (partition < 0 || partition >= partitions) {
            throw new IllegalArgumentException("there is no partition " + partition + " of " + partitions);
        }
        int from = partitionStart(count, partition, partitions);
        int to = partitionStart(count, partition + 1, partitions);
        int imageBytes = height * width * CHANNELS;
        return new Images(
                to - from,
                height,
                width,
                Arrays.copyOfRange(pixels, from * imageBytes, to * imageBytes),
                Arrays.copyOfRange(labels, from, to),
                classes);
    }

    /**
     * Adds the labels to a checksum: a byte per label, or two, the higher first, where a byte cannot hold the classes.
     */
    void addLabels(CRC32 checksum) {
        addLabels(labels, classes, checksum);
    }

    /** Bytes per label in a checksum. */
    static int labelBytes(int classes) {
        return classes > BYTE_CLASSES ? 2 : 1;
    }

    /** As {@link #addLabels(CRC32)}, for labels without their images. */
    static void addLabels(short[] labels, int classes, CRC32 checksum) {
        for (short label : labels) {
            if (classes > BYTE_CLASSES) {
                checksum.update(label >> 8);
            }
            checksum.update(label);
        }
    }
}
