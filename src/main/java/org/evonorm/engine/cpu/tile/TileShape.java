package org.evonorm.engine.cpu.tile;

import org.evonorm.engine.cpu.vector.VectorFunctions;

/**
 * How one sample's pixels are cut into tiles.
 *
 * @param area     pixels of a sample
 * @param channels values of a pixel
 * @param pixels   pixels of a full tile
 * @param row      length of the stretches that sums over pixels add up: several whole pixels, where that makes it a
 *                 multiple of the vector width
 */
public record TileShape(int area, int channels, int pixels, int row) {

    /** Floats of a tile, about: a few registers of it fill the first-level cache. */
    private static final int TILE = 1024;
    /** Vectors that a sum works on side by side, to hide the latency of additions. */
    private static final int SUMS = 4;

    static TileShape of(int area, int channels) {
        int row = row(channels);
        int pixelsOfRow = row / channels;
        int rows = Math.max(1, TILE / row);
        return new TileShape(area, channels, Math.min(rows * pixelsOfRow, roundUp(area, pixelsOfRow)), row);
    }

    private static int row(int channels) {
        int wide = leastCommonMultiple(channels, SUMS * VectorFunctions.WIDTH);
        if (wide <= TILE) {
            return wide;
        }
        int narrow = leastCommonMultiple(channels, VectorFunctions.WIDTH);
        return narrow <= TILE || narrow == channels ? narrow : channels;
    }

    /** Room for a tile in a register. */
    int capacity() {
        return VectorFunctions.padded(Math.max(tile(), row));
    }

    /** Room for one value a channel. */
    int paddedChannels() {
        return VectorFunctions.padded(channels);
    }

    /** Floats of a full tile. */
    int tile() {
        return pixels * channels;
    }

    /** Fills {@code size} floats, a row's or a tile's, with copies of one value a channel. */
    void repeat(float[] values, int from, float[] tile, int at, int size) {
        int filled = channels;
        System.arraycopy(values, from, tile, at, channels);
        while (filled < size) {
            int count = Math.min(filled, size - filled);
            System.arraycopy(tile, at, tile, at + filled, count);
            filled += count;
        }
    }

    private static int roundUp(int value, int multiple) {
        return (value + multiple - 1) / multiple * multiple;
    }

    private static int leastCommonMultiple(int a, int b) {
        int x = a;
        int y = b;
        while (y != 0) {
            int rest = x % y;
            x = y;
            y = rest;
        }
        return a / x * b;
    }
}
