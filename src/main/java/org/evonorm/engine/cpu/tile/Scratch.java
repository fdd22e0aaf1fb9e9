package org.evonorm.engine.cpu.tile;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.evonorm.engine.cpu.vector.VectorFunctions;
import org.evonorm.engine.pass.LayerPlan;
import org.evonorm.engine.pass.TilePass;

/**
 * Memory of one worker that all its tile machines share, which run one after another: accumulators and passing planes, and
 * what passes need beside them.
 */
public abstract sealed class Scratch permits KernelScratch, NativeScratch {

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
    private int spills;
    private int sample;

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
        if (pass.spills() > 0) {
            spills = Math.max(spills, pass.spills());
            sample = Math.max(sample, VectorFunctions.padded(shape.area() * shape.channels()));
        }
        reserveForPass(pass, shape);
    }

    /** Makes room for what a pass needs beside accumulators and spills. */
    abstract void reserveForPass(TilePass pass, TileShape shape);

    /** Where spills start in the memory that passes work in. */
    abstract int firstSpill();

    /** Where a spill starts, which holds all of a sample's pixels. */
    final int spill(int number) {
        return firstSpill() + number * (sample + GAP);
    }

    /** Where all spills end. */
    final int end() {
        return spill(spills);
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
}
