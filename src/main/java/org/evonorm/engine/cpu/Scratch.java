package org.evonorm.engine.cpu;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Memory of one worker that all its tile machines share, which run one after another: accumulators and passing planes, and
 * what passes need beside them.
 */
abstract sealed class Scratch implements AutoCloseable permits KernelScratch, NativeScratch {

    /** Sums over the pixels of one sample, each as long as a row. */
    record Accumulator(float[] sums, float[] squares, float[] shift) {
        Accumulator(int capacity) {
            this(new float[capacity], new float[capacity], new float[capacity]);
        }

        void clear(int row) {
            Arrays.fill(sums, 0, row, 0f);
            Arrays.fill(squares, 0, row, 0f);
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

    /** Keeps rows and registers from lying a multiple of 4 KiB apart, where loads wait for stores that only seem to overlap. */
    static final int GAP = 80;

    private final List<Accumulator> accumulators = new ArrayList<>();
    private int capacity;
    private float[] vector = new float[0];
    private final List<float[]> planes = new ArrayList<>();
    private int planeSize;
    private int slots;
    private int sample;

    /** Memory for compiled passes, or for kernels where passes cannot be compiled. */
    static Scratch create() {
        return LoopCompiler.isAvailable() ? new NativeScratch() : new KernelScratch();
    }

    /** Makes room for all passes of a plan over tiles of this shape, planes of so many samples included. */
    final void reserve(LayerPlan plan, TileShape shape, int samples) {
        planeSize = Math.max(planeSize, samples * shape.paddedChannels());
        plan.passes().forEach(pass -> reserve(pass, shape));
    }

    /** Makes room for a pass over tiles of this shape. */
    final void reserve(TilePass pass, TileShape shape) {
        int needed = Math.max(shape.capacity(), shape.paddedChannels());
        if (needed > capacity) {
            capacity = needed;
            accumulators.replaceAll(old -> new Accumulator(capacity));
            vector = new float[capacity];
        }
        while (accumulators.size() < pass.reductions().size()) {
            accumulators.add(new Accumulator(capacity));
        }
        if (pass.slots() > 0) {
            slots = Math.max(slots, pass.slots());
            sample = Math.max(sample, TileShape.padded(shape.area() * shape.channels()));
        }
        reserveForPass(pass, shape);
    }

    /** Makes room for what a pass needs beside accumulators and slots. */
    abstract void reserveForPass(TilePass pass, TileShape shape);

    /** A pass that works in this memory; all that was reserved must be by now. */
    abstract BoundPass bind(TilePass pass, TileShape shape);

    /** Where slots start in the memory that passes work in. */
    abstract int firstSlot();

    /** Where a slot starts, which holds all of a sample's pixels. */
    final int slot(int number) {
        return firstSlot() + number * (sample + GAP);
    }

    /** Where all slots end. */
    final int end() {
        return slot(slots);
    }

    final Accumulator accumulator(int number) {
        return accumulators.get(number);
    }

    /** Room for one value a sample and channel, in rows as long as a machine needs; all that was reserved must be by now. */
    final float[] plane(int number) {
        while (planes.size() <= number) {
            planes.add(new float[planeSize]);
        }
        return planes.get(number);
    }

    /** Room for one value a channel. */
    final float[] vector() {
        return vector;
    }

    /** Gives back what is no garbage of Java's. */
    @Override
    public abstract void close();
}
