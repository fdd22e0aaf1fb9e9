package org.evonorm.engine.cpu.tile;

import org.evonorm.engine.cpu.vector.VectorFunctions;
import org.evonorm.engine.pass.TilePass;

/**
 * The partition of the pixels of a sample [H, W, C] into tiles. Tiles are small enough for the first-level cache.
 *
 * @param area     number of pixels of a sample
 * @param channels number of channels
 * @param pixels   number of pixels of a full tile
 * @param row      floats of a row, the unit of sums over pixels: one or several whole pixels, so that the row is a
 *                 multiple of the vector width where that is possible
 */
public record TileShape(int area, int channels, int pixels, int row) {

    /** Approximate number of floats of a tile: a few registers of this size fill the first-level cache. */
    private static final int TILE = 1024;
    /** Number of vectors that a sum adds side by side, to hide the latency of additions. */
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

    /**
     * The shape for a pass: with rows of one pixel where the pass takes means over the channels of each pixel, which
     * need whole pixels and no whole vectors; else this shape.
     */
    TileShape forPass(TilePass pass) {
        return pass.hasPixelMeans() ? new TileShape(area, channels, pixels, channels) : this;
    }

    /** Floats of a register: room for a tile and for a row, padded. */
    int capacity() {
        return VectorFunctions.padded(Math.max(tile(), row));
    }

    /** Number of channels, rounded up to whole vectors. */
    int paddedChannels() {
        return VectorFunctions.padded(channels);
    }

    /** Floats of a full tile. */
    int tile() {
        return pixels * channels;
    }

    /** Fills {@code size} floats, a row or a tile, with copies of a channel vector [C]. */
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
