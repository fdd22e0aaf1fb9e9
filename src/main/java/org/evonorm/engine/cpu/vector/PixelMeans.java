package org.evonorm.engine.cpu.vector;

import static org.evonorm.engine.cpu.vector.VectorFunctions.SPECIES;
import static org.evonorm.engine.cpu.vector.VectorFunctions.WIDTH;
import static org.evonorm.engine.cpu.vector.VectorFunctions.load;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Means over the channels of each pixel, for the back end of kernels. Each lane sums every {@link VectorFunctions#WIDTH}
 * th channel, channels beyond the last count as zeros, and the lanes are added in halves. Compiled passes add in the
 * same order.
 */
public final class PixelMeans {

    private PixelMeans() {}

    /**
     * Writes the mean of the channels of each pixel to all channels of the pixel, in place if {@code out} is {@code a}.
     *
     * @param values array of operand and result
     * @param out    index of the first result
     * @param a      index of the first value
     * @param count  number of values, whole pixels
     */
    public static void mean(float[] values, int out, int a, int count, int channels) {
        VectorMask<Float> rest = SPECIES.indexInRange(0, channels % WIDTH);
        for (int pixel = 0; pixel < count; pixel += channels) {
            FloatVector sum = FloatVector.zero(SPECIES);
            int channel = pixel;
            for (; channel + WIDTH <= pixel + channels; channel += WIDTH) {
                sum = sum.add(load(values, a + channel));
            }
            if (channel < pixel + channels) {
                sum = sum.add(FloatVector.fromArray(SPECIES, values, a + channel, rest));
            }
            fill(values, out + pixel, sum, channels);
        }
    }

    /** As {@link #mean}, of the products of the values from {@code a} on and from {@code b} on. */
    public static void meanOfProduct(float[] values, int out, int a, int b, int count, int channels) {
        VectorMask<Float> rest = SPECIES.indexInRange(0, channels % WIDTH);
        for (int pixel = 0; pixel < count; pixel += channels) {
            FloatVector sum = FloatVector.zero(SPECIES);
            int channel = pixel;
            for (; channel + WIDTH <= pixel + channels; channel += WIDTH) {
                sum = load(values, a + channel).fma(load(values, b + channel), sum);
            }
            if (channel < pixel + channels) {
                sum = FloatVector.fromArray(SPECIES, values, a + channel, rest)
                        .fma(FloatVector.fromArray(SPECIES, values, b + channel, rest), sum);
            }
            fill(values, out + pixel, sum, channels);
        }
    }

    private static void fill(float[] values, int from, FloatVector sum, int channels) {
        float[] lanes = sum.toArray();
        for (int half = WIDTH / 2; half > 0; half /= 2) {
            for (int lane = 0; lane < half; lane++) {
                lanes[lane] += lanes[lane + half];
            }
        }
        Arrays.fill(values, from, from + channels, lanes[0] * (1f / channels));
    }
}
