package org.evonorm.data;

import java.util.SplittableRandom;

/**
 * The canvas on which an image of {@link SyntheticImages} is painted: values of about 0 to 1, [32, 32, 3]. Only
 * operations are used whose results Java defines to the last bit, so the same seed paints the same image everywhere.
 */
final class Canvas {

    /** Height and width in pixels. */
    static final int SIZE = 32;
    /** Number of values of an image. */
    static final int VALUES = SIZE * SIZE * Images.CHANNELS;

    private static final int CHANNELS = Images.CHANNELS;
    /** Number of background patches along an edge. */
    private static final int PATCHES = 4;

    private static final double SQRT_3 = 1.7320508075688772;

    /** The outline of a shape: the signed distance from its edge in pixels, negative inside; the centre is (0, 0). */
    interface Outline {
        double distance(double x, double y);
    }

    private final SplittableRandom random;
    private final double[] values = new double[VALUES];

    Canvas(SplittableRandom random) {
        this.random = random;
    }

    /**
     * Covers the canvas with a background: patches that differ from {@code colour} by up to {@code variation}, blended.
     */
    void mottle(double[] colour, double variation) {
        int corners = PATCHES + 1;
        double[] patches = new double[corners * corners * CHANNELS];
        for (int i = 0; i < patches.length; i++) {
            patches[i] = colour[i % CHANNELS] + variation * (2 * random.nextDouble() - 1);
        }
        for (int y = 0; y < SIZE; y++) {
            int row = y * PATCHES / SIZE;
            double down = (double) y * PATCHES / SIZE - row;
            for (int x = 0; x < SIZE; x++) {
                int column = x * PATCHES / SIZE;
                double across = (double) x * PATCHES / SIZE - column;
                for (int c = 0; c < CHANNELS; c++) {
                    int above = (row * corners + column) * CHANNELS + c;
                    int below = above + corners * CHANNELS;
                    double top = mix(patches[above], patches[above + CHANNELS], across);
                    double bottom = mix(patches[below], patches[below + CHANNELS], across);
                    values[(y * SIZE + x) * CHANNELS + c] = mix(top, bottom, down);
                }
            }
        }
    }

    /**
     * Paints the inside of an outline with smooth edges; its points are at most {@code reach} from the centre.
     */
    void stamp(double[] colour, double centreX, double centreY, double reach, Outline outline) {
        int bottom = end(centreY + reach);
        int right = end(centreX + reach);
        for (int y = start(centreY - reach); y <= bottom; y++) {
            for (int x = start(centreX - reach); x <= right; x++) {
                double coverage = 0.5 - outline.distance(x - centreX, y - centreY);
                if (coverage > 0) {
                    blend((y * SIZE + x) * CHANNELS, colour, Math.min(1, coverage));
                }
            }
        }
    }

    /** The first pixel that a shape from {@code edge} on may touch; smooth edges take half a pixel more. */
    private static int start(double edge) {
        return (int) Math.max(0, edge - 1);
    }

    private static int end(double edge) {
        return (int) Math.min(SIZE - 1, edge + 1);
    }

    /**
     * Writes the image as bytes, [32, 32, 3], into {@code pixels} from index {@code start} on.
     *
     * @param gain   contrast around the middle value 0.5
     * @param offset brightness added to every value
     * @param noise  standard deviation of the noise
     */
    void expose(double gain, double offset, double noise, byte[] pixels, int start) {
        for (int i = 0; i < VALUES; i++) {
            double value = (values[i] - 0.5) * gain + 0.5 + offset + noise * gaussian();
            pixels[start + i] = (byte) (int) Math.max(0, Math.min(255, value * 255 + 0.5));
        }
    }

    private void blend(int start, double[] colour, double coverage) {
        for (int c = 0; c < CHANNELS; c++) {
            values[start + c] = mix(values[start + c], colour[c], coverage);
        }
    }

    /** An approximately normal value of mean 0 and deviation 1: the sum of four uniform values of 16 bits each. */
    private double gaussian() {
        long bits = random.nextLong();
        long sum = (bits & 0xffff) + (bits >>> 16 & 0xffff) + (bits >>> 32 & 0xffff) + (bits >>> 48);
        return (sum / 65536.0 - 2) * SQRT_3;
    }

    static double mix(double from, double to, double share) {
        return from + (to - from) * share;
    }
}
