package org.evonorm.training;

import java.io.Serializable;
import java.util.SplittableRandom;

/** Derives the seeds of a training's random choices from the seed of the training. */
public record TrainingSeed(long seed) implements Serializable {

    /** The seed of the initial parameters. */
    public long parameters() {
        return new SplittableRandom(seed).nextLong();
    }

    /** The seed of the order of the validation images, where they are scored in parts. */
    public long scoring() {
        return new SplittableRandom(~seed).nextLong();
    }

    /** The seed of a partition's order, crops and flips of images. Plain training has the seed of partition 0. */
    public long batches(int partition) {
        SplittableRandom seeds = new SplittableRandom(seed);
        long batches = seeds.nextLong();
        for (int i = 0; i <= partition; i++) {
            batches = seeds.nextLong();
        }
        return batches;
    }
}
