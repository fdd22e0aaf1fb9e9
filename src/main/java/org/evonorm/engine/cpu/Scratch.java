package org.evonorm.engine.cpu;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Registers, slots, accumulators and passing planes of one worker, shared by all its tile machines, which run one after
 * another.
 */
final class Scratch {

    /** Sums over the pixels of one sample, each as long as a row. */
    record Accumulator(float[] sums, float[] squares, float[] shift) {
        Accumulator(int capacity) {
            this(new float[capacity], new float[capacity], new float[capacity]);
        }

        void clear(int row) {
            Arrays.fill(sums, 0, row, 0f);
            Arrays.fill(squares, 0, row, 0f);
        }

        void clearShift(int row) {
            Arrays.fill(shift, 0, row, 0f);
        }

        /**
         * Takes the means of what was added up from {@code count} floats as what values are measured from: distances from
         * some values of the same kind are small, so that their squares lose nothing.
         */
        void shiftByMean(int count, TileShape shape) {
            int channels = shape.channels();
            Sums.fold(sums, shape, shift, 0, (float) channels / count);
            for (int c = channels; c < shape.row(); c += channels) {
                System.arraycopy(shift, 0, shift, c, channels);
            }
        }
    }

    /**
     * The register file is one array of at least this many floats: collectors that divide the heap into regions then
     * place it at the start of one, so that its alignment is known and vectors do not straddle cache lines.
     */
    private static final int LEAST_FILE = 1 << 20;
    /** Floats from an array's start to the next cache line, past its header of 16 bytes. */
    private static final int TO_LINE = 12;
    /** Keeps registers from lying a multiple of 4 KiB apart, where loads wait for stores that only seem to overlap. */
    private static final int GAP = 80;

    private final List<Accumulator> accumulators = new ArrayList<>();
    private float[] file = new float[0];
    private int registers;
    private int capacity;
    private int wide;
    private int slots;
    private int sample;
    private float[] vector = new float[0];
    private final List<float[]> planes = new ArrayList<>();
    private int planeSize;

    /** Makes room for all passes of a plan over tiles of this shape, planes of so many samples included. */
    void reserve(LayerPlan plan, TileShape shape, int samples) {
        planeSize = Math.max(planeSize, samples * shape.paddedChannels());
        reserve(Math.max(plan.forward().registers(), plan.backward().registers()),
                Math.max(plan.forward().reductions(), plan.backward().reductions()),
                Math.max(plan.forward().slots(), plan.backward().slots()), shape);
    }

    /** Makes room for a pass over tiles of this shape. */
    void reserve(TilePass pass, TileShape shape) {
        reserve(pass.registers(), pass.reductions().size(), pass.slots(), shape);
    }

    private void reserve(int registerCount, int reductionCount, int slotCount, TileShape shape) {
        int needed = Math.max(shape.capacity(), shape.paddedChannels());
        registers = Math.max(registers, registerCount);
        wide = Math.max(wide, shape.wideRows() * shape.row());
        if (slotCount > 0) {
            slots = Math.max(slots, slotCount);
            sample = Math.max(sample, shape.area() * shape.channels());
        }
        if (needed > capacity) {
            capacity = needed;
            accumulators.replaceAll(old -> new Accumulator(capacity));
            vector = new float[capacity];
        }
        while (accumulators.size() < reductionCount) {
            accumulators.add(new Accumulator(capacity));
        }
        // Of wide tiles two more: one that a pass stores, and one for adding to what a tensor holds.
        int size = slot(slots);
        if (file.length < size) {
            file = new float[Math.max(LEAST_FILE, size)];
        }
    }

    private int wideStride() {
        return TileShape.padded(wide) + GAP;
    }

    private int stride() {
        return TileShape.padded(capacity) + GAP;
    }

    /** The array that holds all registers. */
    float[] file() {
        return file;
    }

    /** Where a register starts in the file. */
    int register(int number) {
        return TO_LINE + number * stride();
    }

    Accumulator accumulator(int number) {
        return accumulators.get(number);
    }

    /** Where the tile starts that fused loops have for a register, or for what they store. */
    int wide(int number) {
        return TO_LINE + registers * stride() + number * wideStride();
    }

    /** Where the tile starts that is used for adding to what a tensor holds. */
    int accumulation() {
        return wide(registers + 1);
    }

    /** Where a slot starts, which holds all of a sample's pixels. */
    int slot(int number) {
        return wide(registers + 2) + number * (TileShape.padded(sample) + GAP);
    }

    /** Room for one value a sample and channel, in rows as long as a machine needs; all that was reserved must be by now. */
    float[] plane(int number) {
        while (planes.size() <= number) {
            planes.add(new float[planeSize]);
        }
        return planes.get(number);
    }

    /** Room for one value a channel. */
    float[] vector() {
        return vector;
    }
}
