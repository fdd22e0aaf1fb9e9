package org.evonorm.engine.cpu;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Registers and accumulators of one worker, shared by all its tile machines, which run one after another. */
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
    }

    private final List<float[]> registers = new ArrayList<>();
    private final List<Accumulator> accumulators = new ArrayList<>();
    private int capacity;
    private float[] accumulation = new float[0];
    private float[] plane = new float[0];

    /** Makes room for all passes of a plan over tiles of this shape. */
    void reserve(LayerPlan plan, TileShape shape) {
        int needed = Math.max(shape.capacity(), shape.paddedChannels());
        int registerCount = Math.max(plan.forward().registers(), plan.backward().registers());
        int reductionCount = Math.max(plan.forward().reductions(), plan.backward().reductions());
        if (needed > capacity) {
            capacity = needed;
            registers.replaceAll(old -> new float[capacity]);
            accumulators.replaceAll(old -> new Accumulator(capacity));
            accumulation = new float[capacity];
            plane = new float[capacity];
        }
        while (registers.size() < registerCount) {
            registers.add(new float[capacity]);
        }
        while (accumulators.size() < reductionCount) {
            accumulators.add(new Accumulator(capacity));
        }
    }

    float[] register(int number) {
        return registers.get(number);
    }

    Accumulator accumulator(int number) {
        return accumulators.get(number);
    }

    /** A tile for adding to what a tensor holds. */
    float[] accumulation() {
        return accumulation;
    }

    /** Room for one value a channel. */
    float[] plane() {
        return plane;
    }
}
