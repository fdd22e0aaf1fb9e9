package org.evonorm.data;

import java.io.Serializable;
import java.util.Arrays;

/**
 * The rule that splits the training images of a collection by their labels and a seed ({@link StratifiedOrder}).
 *
 * @param validation     number of validation images
 * @param trainingAtMost largest number of training images
 * @param seed           seed of the choice
 */
public record Split(int validation, int trainingAtMost, long seed) implements Serializable {

    /** A split that trains on all images but those for validation. */
    public Split(int validation, long seed) {
        this(validation, Integer.MAX_VALUE, seed);
    }

    /**
     * The indices of the parts of a collection's training images.
     *
     * @param heldOut number of held-out images that take the place of the validation images; 0 for none
     * @throws IllegalArgumentException if there are too few images
     */
    public Parts of(ImageCollection images, int heldOut) {
        StratifiedOrder order =
                new StratifiedOrder(images.training().labels(), images.classes(), validation, trainingAtMost, seed);
        return new Parts(order.training(), heldOut == 0 ? order.validation() : order.heldOut(heldOut));
    }

    /** Increasing indices of the images to train on and of the images to validate on. */
    public record Parts(int[] training, int[] validation) {

        /** One of {@code partitions} consecutive partitions of both parts. */
        Parts partition(int partition, int partitions) {
            return new Parts(
                    partitionOf(training, partition, partitions), partitionOf(validation, partition, partitions));
        }
    }

    static int[] partitionOf(int[] indices, int partition, int partitions) {
        return Arrays.copyOfRange(
                indices,
                Images.partitionStart(indices.length, partition, partitions),
                Images.partitionStart(indices.length, partition + 1, partitions));
    }
}
