package org.evonorm.data;

import java.util.Arrays;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.SplittableRandom;

/**
 * The stratified random order of images, which splits them into validation, training and held-out images by labels and
 * seed alone, so that pixels need not be read (docs/design.md, "Training rules"). The order takes from the classes in
 * turn. As long as no class runs out, the numbers of images per class in any stretch of the order differ by at most
 * one. Where a class has under half as many images as another, the order spreads every class evenly instead, so that a
 * stretch has its share of each class and a small class is not used up by the first one. Validation images come first,
 * then training images, then held-out images.
 */
final class StratifiedOrder {

    private final int[] order;
    private final int validation;
    private final int trainingAtMost;

    /**
     * The order of the images with these labels.
     *
     * @param labels         class numbers
     * @param validation     number of validation images
     * @param trainingAtMost largest number of training images
     * @throws IllegalArgumentException if there would be no validation image or no training image
     */
    StratifiedOrder(short[] labels, int classes, int validation, int trainingAtMost, long seed) {
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

    private static int[] order(short[] labels, int classes, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int[][] byClass = byClass(labels, classes);
        for (int[] ofClass : byClass) {
            Shuffling.shuffle(ofClass, random);
        }
        return isUneven(byClass) ? spread(byClass, labels.length) : inTurn(byClass, labels.length);
    }

    private static boolean isUneven(int[][] byClass) {
        int smallest = Integer.MAX_VALUE;
        int largest = 0;
        for (int[] ofClass : byClass) {
            smallest = ofClass.length == 0 ? smallest : Math.min(smallest, ofClass.length);
            largest = Math.max(largest, ofClass.length);
        }
        return 2L * smallest < largest;
    }

    private static int[] inTurn(int[][] byClass, int images) {
        int[] order = new int[images];
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

    /** The order by the place of each image in its class, (rank + ½) / size; classes of equal places by number. */
    private static int[] spread(int[][] byClass, int images) {
        record Next(int label, int rank, double place) {

            static Next of(int[][] byClass, int label, int rank) {
                return new Next(label, rank, (rank + 0.5) / byClass[label].length);
            }
        }
        PriorityQueue<Next> queue =
                new PriorityQueue<>(Comparator.comparingDouble(Next::place).thenComparingInt(Next::label));
        for (int label = 0; label < byClass.length; label++) {
            if (byClass[label].length > 0) {
                queue.add(Next.of(byClass, label, 0));
            }
        }
        int[] order = new int[images];
        for (int i = 0; i < images; i++) {
            Next next = queue.remove();
            order[i] = byClass[next.label][next.rank];
            if (next.rank + 1 < byClass[next.label].length) {
                queue.add(Next.of(byClass, next.label, next.rank + 1));
            }
        }
        return order;
    }

    private static int[][] byClass(short[] labels, int classes) {
        int[] counts = new int[classes];
        for (short label : labels) {
            counts[label]++;
        }
        int[][] byClass = new int[classes][];
        for (int label = 0; label < classes; label++) {
            byClass[label] = new int[counts[label]];
        }
        for (int i = labels.length - 1; i >= 0; i--) {
            byClass[labels[i]][--counts[labels[i]]] = i;
        }
        return byClass;
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
