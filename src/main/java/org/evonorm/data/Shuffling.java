package org.evonorm.data;

import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * The Fisher-Yates shuffle of an array, by which every permutation is equally likely; orders epochs, splits and more.
 */
public final class Shuffling {

    private Shuffling() {}

    /** The numbers from 0 to {@code count} − 1 in a random order. */
    public static int[] order(int count, RandomGenerator random) {
        int[] order = IntStream.range(0, count).toArray();
        shuffle(order, random);
        return order;
    }

    static void shuffle(int[] values, RandomGenerator random) {
        for (int i = values.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swapped = values[i];
            values[i] = values[j];
            values[j] = swapped;
        }
    }
}
