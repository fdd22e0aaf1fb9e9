package org.evonorm.data;

import java.util.random.RandomGenerator;

/** The Fisher-Yates shuffle of an array, by which every permutation is equally likely; orders epochs and splits. */
final class Shuffling {

    private Shuffling() {}

    static void shuffle(int[] values, RandomGenerator random) {
        for (int i = values.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swapped = values[i];
            values[i] = values[j];
            values[j] = swapped;
        }
    }
}
