package org.evonorm.data;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * The stratified random order of images, which splits them into validation, training and held-out images by labels and
 * seed alone, so that pixels need not be read (docs/design.md, "Training rules"). The order takes from the classes in
 * turn. As long as no class runs out, the numbers of images per class in any stretch of the order differ by at most
 * one. Validation images come first, then training images, then held-out images.
 */
final class StratifiedOrder {

    private final int[] order;
    private final int validation;
    private final int trainingAtMost;

    /**
     * The order of the images with these labels.
     *
     * @param labels         class numbers as unsigned bytes
     * @param validation     number of validation images
     * @param trainingAtMost largest number of training images
     * @throws IllegalArgumentException if there would be no validation image or no training image
     */
    StratifiedOrder(byte[] labels, int classes, int validation, int trainingAtMost, long seed) {
        if (validation < 1 || validation >= labels.length) {
            throw new IllegalArgumentException("cannot take " + validation + " validation images from " + labels.length
                    + " and leave some for training; choose from 1 to " + (labels.length - 1));
        }
        if (trainingAtMost < 1) {
            throw new IllegalArgumentException("at least 1 image must be left for training, not " + trainingAtMost);
        }
        this.order = order(labels, classes, seed);
        this.validation = validation;
        this.trainingAtMost = trainingAtMost;
    }

    private static int[] order(byte[] labels, int classes, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int[][] byClass = new int[classes][];
        for (int label = 0; label < byClass.length; label++) {
            byClass[label] = ofClass(labels, label);
            Shuffling.shuffle(byClass[label], random);
        }
        int[] order = new int[labels.length];
        int count = 0;
        for (int round = 0; count < order.length; round++) {
            for (int[] ofClass : byClass) {
                if (round < ofClass.length) {
                    order[count++] = ofClass[round];
                }
            }
        }
        return order;
    }

    private static int[] ofClass(byte[] labels, int label) {
        int[] indices = new int[labels.length];
        int count = 0;
        for (int i = 0; i < labels.length; i++) {
            if (Byte.toUnsignedInt(labels[i]) == label) {
                indices[count++] = i;
            }
        }
        return Arrays.copyOf(indices, count);
    }

    /** Indices of the validation images, increasing. */
    int[] validation() {
        return sorted(0, validation);
    }

    /** Indices of the training images, increasing. */
    int[] training() {
        return sorted(validation, validation + Math.min(trainingAtMost, order.length - validation));
    }

    /**
     * Indices of {@code count} held-out images, increasing.
     *
     * @throws IllegalArgumentException if {@code count} is below 1 or fewer images are left
     */
    int[] heldOut(int count) {
        long rest = Math.max(0, (long) order.length - validation - trainingAtMost);
        if (count < 1 || count > rest) {
            throw new IllegalArgumentException("cannot hold out " + count + " images: of " + order.length
                    + " training images, " + validation + " for validation and up to " + trainingAtMost
                    + " to train on leave " + rest);
        }
        int first = validation + trainingAtMost;
        return sorted(first, first + count);
    }

    private int[] sorted(int from, int to) {
        int[] indices = Arrays.copyOfRange(order, from, to);
        Arrays.sort(indices);
        return indices;
    }
}
