package org.evonorm.data;

import java.util.SplittableRandom;

/**
 * One picture of {@link SyntheticImages} while it is painted: colours of three channels between about 0 and 1. Uses
 * only arithmetic whose results Java fixes to the last bit.
 */
final class Canvas {

    /** Height and width in pixels. */
    static final int SIZE = 32;
    /** Values in a picture. */
    static final int VALUES = SIZE * SIZE * Images.CHANNELS;

    private static final int CHANNELS = Images.CHANNELS;
    /** Patches of the background along an edge. */
    private static final int PATCHES = 4;

    private static final double SQRT_3 = 1.7320508075688772;

    /** Signed distance in pixels from the edge of something painted, negative inside; (0, 0) is its centre. */
    interface Outline {
        double distance(double x, double y);
    }

    private final SplittableRandom random;
    private final double[] values = new double[VALUES];

    Canvas(SplittableRandom random) {
        this.random = random;
    }

    /** Covers the canvas with patches of about one colour that blend into each other. */
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

    /** Paints an outline with smooth edges; {@code reach} is how far it extends from its centre. */
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

    /** First pixel that something from {@code edge} on may touch; smooth edges take half a pixel more. */
    private static int start(double edge) {
        return (int) Math.max(0, edge - 1);
    }

    private static int end(double edge) {
        return (int) Math.min(SIZE - 1, edge + 1);
    }

    /** Writes the picture as bytes under light of this strength and offset, with noise of this deviation. */
    void expose(double gain, double offset, double noise, byte[] pixels, int start) {
        for (int i = 0; i < VALUES; i++) {
            double value = (values[i] - 0.5) * gain + 0.5 + offset + noise * bell();
            pixels[start + i] = (byte) (int) Math.max(0, Math.min(255, value * 255 + 0.5));
        }
    }

    private void blend(int start, double[] colour, double coverage) {
        for (int c = 0; c < CHANNELS; c++) {
            values[start + c] = mix(values[start + c], colour[c], coverage);
        }
    }

    /** About normal with mean 0 and deviation 1: the sum of four uniform values, the quarters of one number. */
    private double bell() {
        long bits = random.nextLong();
        long sum = (bits & 0xffff) + (bits >>> 16 & 0xffff) + (bits >>> 32 & 0xffff) + (bits >>> 48);
        return (sum / 65536.0 - 2) * SQRT_3;
    }

    static double mix(double from, double to, double share) {
        return from + (to - from) * share;
    }
}
