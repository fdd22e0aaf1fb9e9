package org.evonorm.data;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Training images in two parts that share no image, both with as even numbers of every class as the images allow. The
 * search compares candidates on {@code validation}, so that the test images stay unseen (paper, section 4). What
 * neither part takes can be held out from the search altogether.
 */
public record ValidationSplit(Images training, Images validation) {

    /** All images: {@code validation} of them drawn from the seed, the others for training. */
    public static ValidationSplit of(Images images, int validation, long seed) {
        return of(images, validation, images.count(), seed);
    }

    /**
     * As {@link #of(Images, int, long)}, with at most {@code trainingAtMost} images for training. A limit on training
     * images does not change which ones validate.
     */
    public static ValidationSplit of(Images images, int validation, int trainingAtMost, long seed) {
        if (validation < 1 || validation >= images.count()) {
            throw new IllegalArgumentException("cannot take " + validation + " validation images from "
                    + images.count() + " and leave some for training; choose from 1 to " + (images.count() - 1));
        }
        if (trainingAtMost < 1) {
            throw new IllegalArgumentException("at least 1 image must be left for training, not " + trainingAtMost);
        }
        int[] dealt = deal(images, seed);
        int training = Math.min(trainingAtMost, images.count() - validation);
        return new ValidationSplit(
                select(images, dealt, validation, validation + training), select(images, dealt, 0, validation));
    }

    /**
     * Images that neither part of {@link #of(Images, int, int, long)} with the same arguments holds: {@code heldOut}
     * of those that it leaves, which ones the seed decides.
     */
    public static Images heldOut(Images images, int validation, int trainingAtMost, int heldOut, long seed) {
        long rest = Math.max(0, (long) images.count() - validation - trainingAtMost);
        if (heldOut < 1 || heldOut > rest) {
            throw new IllegalArgumentException("cannot hold out " + heldOut + " images: of " + images.count()
                    + " training images, " + validation + " for validation and up to " + trainingAtMost
                    + " to train on leave " + rest);
        }
        int[] dealt = deal(images, seed);
        int first = validation + trainingAtMost;
        return select(images, dealt, first, first + heldOut);
    }

    /**
     * All images in a random order that takes from the classes in turn, as one deals cards: as long as no class runs
     * out, any stretch holds the classes in numbers that differ by at most one.
     */
    private static int[] deal(Images images, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int[][] decks = new int[images.classes()][];
        for (int label = 0; label < decks.length; label++) {
            decks[label] = ofClass(images, label);
            Shuffling.shuffle(decks[label], random);
        }
        int[] dealt = new int[images.count()];
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

    private static int[] ofClass(Images images, int label) {
        int[] indices = new int[images.count()];
        int count = 0;
        for (int i = 0; i < images.count(); i++) {
            if (images.label(i) == label) {
                indices[count++] = i;
            }
        }
        return Arrays.copyOf(indices, count);
    }

    private static Images select(Images images, int[] dealt, int from, int to) {
        int[] indices = Arrays.copyOfRange(dealt, from, to);
        Arrays.sort(indices);
        return images.select(indices);
    }
}
