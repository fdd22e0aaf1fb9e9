package org.evonorm.data;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Which of some images train, validate or are held out, decided by labels and seed alone: a random order that takes from
 * the classes in turn, as one deals cards, so that as long as no class runs out any stretch of it holds the classes in
 * numbers that differ by at most one. The first images of it validate, then come those to train on, then those held out.
 */
final class StratifiedOrder {

    private final int[] order;
    private final int validation;
    private final int trainingAtMost;

    /** @param labels classes as unsigned bytes */
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
        int[][] decks = new int[classes][];
        for (int label = 0; label < decks.length; label++) {
            decks[label] = ofClass(labels, label);
            Shuffling.shuffle(decks[label], random);
        }
        int[] dealt = new int[labels.length];
        int count = 0;
        for (int round = 0; count < dealt.length; round++) {
            for (int[] deck : decks) {
                if (round < deck.length) {
                    dealt[count++] = deck[round];
                }
            }
        }
        return dealt;
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

    /** Numbers of the validation images, in order. */
    int[] validation() {
        return sorted(0, validation);
    }

    /** Numbers of the training images, in order. */
    int[] training() {
        return sorted(validation, validation + Math.min(trainingAtMost, order.length - validation));
    }

    /** Numbers of so many held-out images, in order. */
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
