package org.evonorm.engine.dl4j;

import java.util.SplittableRandom;
import org.evonorm.data.Batch;

/** Batches of random images with random labels of ten classes. */
final class Batches {

    private Batches() {}

    static Batch random(int count, int size, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] pixels = new float[count * size * size * 3];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (float) random.nextGaussian();
        }
        return new Batch(count, size, size, pixels, random.ints(count, 0, 10).toArray());
    }
}
