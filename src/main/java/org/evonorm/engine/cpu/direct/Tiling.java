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
    /** Rows of a tile of a weight gradient with one vector of columns, whose sums fit the registers. */
    static final int ROWS_OF_ONE_VECTOR = Math.min(MAX_ROWS, REGISTERS - SPARE - 1);

    /** Floats of a cache line. */
    private static final int LINE_FLOATS = 16;
    /** Floats of a sample that stays in the second-level cache while its lines are read three times. */
    private static final int CACHED_FLOATS = 1 << 15;

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

    /**
     * The vectors of {@code channels} floats in blocks of a whole cache line, so that a line is read and written at
     * once, and of two lines where a sample comes from memory, since the processor fetches lines in pairs.
     *
     * @param sampleFloats floats of a sample that are read and written
     */
    static List<List<Integer>> cacheLines(int channels, int sampleFloats) {
        int floats = REGISTERS == 16 && sampleFloats > CACHED_FLOATS ? 2 * LINE_FLOATS : LINE_FLOATS;
        return blocks(vectors(channels), Math.max(1, floats / VectorFunctions.WIDTH));
    }

    /** Number of floats of a block. */
    static int floats(List<Integer> block) {
        return block.stream().mapToInt(Integer::intValue).sum();
    }

    /**
     * The number of vectors in a block of channels for sums over taps, with the least estimated time.
     *
     * @param channels channels that the sums write
     * @param lines    the horizontal axes of the sums, which have the same blocks since they share the weights
     */
    static int vectors(int channels, List<Axis> lines) {
        List<Integer> vectors = vectors(channels);
        int best = 1;
        long least = Long.MAX_VALUE;
        for (int size = 1; size <= Math.min(MAX_VECTORS, vectors.size()); size++) {
            long cost = 0;
            for (Axis line : lines) {
                int taps = Math.max(1, line.taps());
                if (size > 1 && size * (taps + 1) > REGISTERS - SPARE) {
                    return best;
                }
                for (List<Integer> block : blocks(vectors, size)) {
                    cost += cost(line, taps, block.size());
                }
            }
            if (cost < least) {
                least = cost;
                best = size;
            }
        }
        return best;
    }

    private static long cost(Axis line, int taps, int vectors) {
        int pixels = pixels(line.count(), vectors, taps);
        int tiles = (line.count() + pixels - 1) / pixels;
        int products = taps * Math.max(pixels * vectors, CHAINS);
        int loads = taps * vectors + pixels * line.step() + taps - 1;
        return (long) tiles * (2 * products + loads);
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
