package org.evonorm.training;

import java.io.Serializable;
import java.util.SplittableRandom;

/** What the seed of a training decides. */
public record TrainingSeed(long seed) implements Serializable {

    /** The seed of the initial parameters. */
    public long parameters() {
        return new SplittableRandom(seed).nextLong();
    }

    /** The seed of the order, crops and flips of the images of a partition; plain training is that of partition 0. */
    public long batches(int partition) {
        SplittableRandom seeds = new SplittableRandom(seed);
        long batches = seeds.nextLong();
        for (int i = 0; i <= partition; i++) {
            batches = seeds.nextLong();
        }
        return batches;
    }
}
