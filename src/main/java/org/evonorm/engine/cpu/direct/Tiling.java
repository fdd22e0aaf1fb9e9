package org.evonorm.engine.cpu.direct;

import java.util.ArrayList;
import java.util.List;
import org.evonorm.engine.cpu.vector.VectorFunctions;

/**
 * The partition of channels into vectors and of vectors and pixels into tiles, whose sums fit the registers of the
 * processor. The choice follows from sizes alone, so that the same settings give the same sums.
 */
final class Tiling {

    /** Vectors that the processor's registers hold; AVX-512 has 32 registers, AVX2 and SSE have 16. */
    private static final int REGISTERS = VectorFunctions.WIDTH == 16 ? 32 : 16;
    /** Registers for factors that are not reused. */
    private static final int SPARE = 2;
    /** Sums that hide the latency of multiply-adds. */
    private static final int CHAINS = 8;

    private static final int MAX_VECTORS = 4;
    private static final int MAX_PIXELS = 14;
    /** Multiply-adds that are written out in the innermost loop. */
    private static final int MAX_PRODUCTS = 24;
    /** Rows of a tile of a weight gradient. */
    static final int MAX_ROWS = 24;

    private Tiling() {}

    /** The lanes of the vectors that hold {@code channels} floats: whole vectors, then halves, quarters and so on. */
    static List<Integer> vectors(int channels) {
        List<Integer> lanes = new ArrayList<>();
        int rest = channels;
        for (int width = VectorFunctions.WIDTH; rest > 0; width = Math.max(1, width / 2)) {
            for (; rest >= width; rest -= width) {
                lanes.add(width);
            }
        }
        return lanes;
    }

    /** Consecutive vectors in blocks of {@code size}; the last block may be smaller. */
    static List<List<Integer>> blocks(List<Integer> vectors, int size) {
        List<List<Integer>> blocks = new ArrayList<>();
        for (int from = 0; from < vectors.size(); from += size) {
            blocks.add(vectors.subList(from, Math.min(from + size, vectors.size())));
        }
        return blocks;
    }

    /** Number of floats of a block. */
    static int floats(List<Integer> block) {
        return block.stream().mapToInt(Integer::intValue).sum();
    }

    /**
     * The blocks of output channels for a sum over taps, with the least estimated time.
     *
     * @param count pixels of a line
     * @param taps  taps of a line, whose weights stay in registers for the pixels of a tile
     */
    static List<List<Integer>> blocks(int channels, int count, int step, int taps) {
        List<Integer> vectors = vectors(channels);
        List<List<Integer>> best = List.of();
        long least = Long.MAX_VALUE;
        for (int size = 1; size <= Math.min(MAX_VECTORS, vectors.size()); size++) {
            if (size > 1 && size * (taps + 1) > REGISTERS - SPARE) {
                break;
            }
            List<List<Integer>> blocks = blocks(vectors, size);
            long cost = 0;
            for (List<Integer> block : blocks) {
                int pixels = pixels(count, block.size(), taps);
                int tiles = (count + pixels - 1) / pixels;
                int products = taps * Math.max(pixels * block.size(), CHAINS);
                int loads = taps * block.size() + pixels * step + taps - 1;
                cost += (long) tiles * (2 * products + loads);
            }
            if (cost < least) {
                least = cost;
                best = blocks;
            }
        }
        return best;
    }

    /** The number of pixels of a tile: the line is divided as evenly as the registers allow. */
    static int pixels(int count, int vectors, int taps) {
        int most = Math.min(MAX_PIXELS, Math.max(1, (REGISTERS - SPARE) / vectors - taps));
        int tiles = (count + most - 1) / most;
        return (count + tiles - 1) / tiles;
    }

    /** The blocks of columns for a weight gradient, with the least estimated time. */
    static List<List<Integer>> columnBlocks(int columns, int rows) {
        List<Integer> vectors = vectors(columns);
        List<List<Integer>> best = List.of();
        long least = Long.MAX_VALUE;
        for (int size = 1; size <= Math.min(MAX_VECTORS, vectors.size()); size++) {
            List<List<Integer>> blocks = blocks(vectors, size);
            long cost = 0;
            for (List<Integer> block : blocks) {
                int tile = rows(rows, block.size());
                int tiles = (rows + tile - 1) / tile;
                cost += (long) tiles * (2 * Math.max(tile * block.size(), CHAINS) + tile + block.size());
            }
            if (cost < least) {
                least = cost;
                best = blocks;
            }
        }
        return best;
    }

    /** The number of rows of a tile of a weight gradient: all rows are divided as evenly as the registers allow. */
    static int rows(int count, int vectors) {
        int most = Math.min(MAX_ROWS, Math.max(1, (REGISTERS - SPARE - vectors) / vectors));
        int tiles = (count + most - 1) / most;
        return (count + tiles - 1) / tiles;
    }

    /**
     * The number of turns of a loop that are written out: a divisor of {@code turns}. Longer code takes longer to
     * compile, and its instructions are reordered until sums leave the registers.
     *
     * @param products multiply-adds of a turn
     */
    static int unrolled(int turns, int products) {
        int most = Math.max(1, MAX_PRODUCTS / products);
        int divisor = Math.min(turns, most);
        while (turns % divisor != 0) {
            divisor--;
        }
        return divisor;
    }
}
