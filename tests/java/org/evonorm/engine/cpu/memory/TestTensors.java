package org.evonorm.engine.cpu.memory;

import java.util.SplittableRandom;

/** Native memory with contents for tests. The caller closes it. */
public final class TestTensors {

    private TestTensors() {}

    /** Memory with these values. */
    public static NativeFloats of(float[] values) {
        NativeFloats floats = new NativeFloats(values.length);
        floats.buffer().put(0, values);
        return floats;
    }

    /** Memory with normal values. */
    public static NativeFloats gaussian(int count, SplittableRandom random) {
        NativeFloats floats = new NativeFloats(count);
        for (int i = 0; i < count; i++) {
            floats.buffer().put(i, (float) random.nextGaussian());
        }
        return floats;
    }

    /** Memory with NaN in the places of values that are to be written. */
    public static NativeFloats poisoned(int count) {
        NativeFloats floats = new NativeFloats(count);
        floats.fill(Float.NaN);
        return floats;
    }

    /** The values in memory. */
    public static float[] contents(NativeFloats floats) {
        float[] values = new float[floats.size()];
        floats.buffer().get(0, values);
        return values;
    }
}
