package org.evonorm.engine.cpu.tile;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.evonorm.engine.cpu.vector.VectorFunctions;
import org.evonorm.engine.pass.LayerPlan;
import org.evonorm.engine.pass.TilePass;

/**
 * The scratch memory of one worker. The tile machines of a worker run one after another, so that all of them share it:
 * accumulators, spills, sample-channel values that are used within one schedule, and the working memory of the back
 * end. Machines first reserve, and bind their passes after all reservations.
 */
public abstract sealed class Scratch permits KernelScratch, NativeScratch {

    /**
     * The sums of one reduction over the pixels of one sample. Each array has the length of a row; pixels of a row are
     * folded to one value per channel at the end.
     *
     * @param sums    sums of values; for a variance, of distances from the shift
     * @param squares sums of squared distances from the shift
     * @param shift   the shift of a variance
     */
    record Accumulator(float[] sums, float[] squares, float[] shift) {
        Accumulator(int capacity) {
            this(new float[capacity], new float[capacity], new float[capacity]);
        }

        void clear(int row) {
            Arrays.fill(sums, 0, row, 0f);
            Arrays.fill(squares, 0, row, 0f);
        }

        /**
         * Sets the shift of each channel to the mean of the {@code count} floats that were added to the sums. Distances
         * from the mean of some values of the sample are small, so that their squares lose no precision.
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
     * Floats between rows and between registers. Without the gap they could be a multiple of 4 KiB apart, and loads
     * would wait for stores that only seem to overlap (4K aliasing).
     */
    static final int GAP = 80;

    private final List<Accumulator> accumulators = new ArrayList<>();
    private int capacity;
    private float[] channelArray = new float[0];
    private final List<float[]> sampleChannelArrays = new ArrayList<>();
    private int sampleChannelSize;
    private int spills;
    private int spillSize;

    /**
     * Reserves memory for all passes of a plan.
     *
     * @param samples number of samples of the worker, for the sample-channel values
     */
    final void reserve(LayerPlan plan, TileShape shape, int samples) {
        sampleChannelSize = Math.max(sampleChannelSize, samples * shape.paddedChannels());
        plan.passes().forEach(pass -> reserve(pass, shape));
    }

    /** Reserves memory for a pass over samples of this shape. */
    final void reserve(TilePass pass, TileShape sample) {
        TileShape shape = sample.forPass(pass);
        int needed = Math.max(shape.capacity(), shape.paddedChannels());
        if (needed > capacity) {
            capacity = needed;
            accumulators.replaceAll(old -> new Accumulator(capacity));
            channelArray = new float[capacity];
        }
        while (accumulators.size() < pass.reductions().size()) {
            accumulators.add(new Accumulator(capacity));
        }
        if (pass.spills() > 0) {
            spills = Math.max(spills, pass.spills());
            spillSize = Math.max(spillSize, VectorFunctions.padded(shape.area() * shape.channels()));
        }
        reserveForPass(pass, shape);
    }

    /** Reserves the memory that a pass needs beside accumulators and spills. */
    abstract void reserveForPass(TilePass pass, TileShape shape);

    /** Index of the first spill in the memory of the back end. */
    abstract int firstSpill();

    /** Index of a spill in the memory of the back end; a spill has room for all pixels of a sample. */
    final int spill(int number) {
        return firstSpill() + number * (spillSize + GAP);
    }

    /** Index after the last spill. */
    final int end() {
        return spill(spills);
    }

    /** The accumulator of the reduction with this number in a pass. */
    final Accumulator accumulator(int number) {
        return accumulators.get(number);
    }

    /** An array for the sample-channel values [samples, padded channels] of one instruction, after all reservations. */
    final float[] sampleChannelArray(int number) {
        while (sampleChannelArrays.size() <= number) {
            sampleChannelArrays.add(new float[sampleChannelSize]);
        }
        return sampleChannelArrays.get(number);
    }

    /** An array for one value per channel. */
    final float[] channelArray() {
        return channelArray;
    }
}
