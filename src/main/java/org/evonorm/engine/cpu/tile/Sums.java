package org.evonorm.engine.cpu.tile;

import static org.evonorm.engine.cpu.vector.VectorFunctions.WIDTH;
import static org.evonorm.engine.cpu.vector.VectorFunctions.load;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Sums over pixels, for the reductions of kernels. A tile is read as rows of {@link TileShape#row()} floats, and each
 * column is summed on its own; {@link #fold} then adds the pixels of a row. Methods on tiles read {@code count} floats
 * from index {@code ai} on; these are whole pixels, and the last row may be short.
 */
final class Sums {

    private static final VectorSpecies<Double> DOUBLES = DoubleVector.SPECIES_PREFERRED;
    /** Vectors of floats with as many lanes as vectors of doubles have. */
    private static final VectorSpecies<Float> HALF =
            VectorSpecies.of(float.class, VectorShape.forBitSize(DOUBLES.vectorBitSize() / 2));

    private Sums() {}

    /** {@code sums[i] += Σ a[r · row + i]} */
    static void add(float[] sums, float[] a, int ai, int count, int row) {
        int whole = count / row * row;
        int column = 0;
        for (; column + 4 * WIDTH <= row; column += 4 * WIDTH) {
            FloatVector s0 = load(sums, column);
            FloatVector s1 = load(sums, column + WIDTH);
            FloatVector s2 = load(sums, column + 2 * WIDTH);
            FloatVector s3 = load(sums, column + 3 * WIDTH);
            for (int i = column; i < whole; i += row) {
                s0 = s0.add(load(a, ai + i));
                s1 = s1.add(load(a, ai + i + WIDTH));
                s2 = s2.add(load(a, ai + i + 2 * WIDTH));
                s3 = s3.add(load(a, ai + i + 3 * WIDTH));
            }
            s0.intoArray(sums, column);
            s1.intoArray(sums, column + WIDTH);
            s2.intoArray(sums, column + 2 * WIDTH);
            s3.intoArray(sums, column + 3 * WIDTH);
        }
        for (; column + WIDTH <= row; column += WIDTH) {
            FloatVector s = load(sums, column);
            for (int i = column; i < whole; i += row) {
                s = s.add(load(a, ai + i));
            }
            s.intoArray(sums, column);
        }
        for (; column < row; column++) {
            for (int i = column; i < whole; i += row) {
                sums[column] += a[ai + i];
            }
        }
        int rest = count - whole;
        int i = 0;
        for (; i + WIDTH <= rest; i += WIDTH) {
            load(sums, i).add(load(a, ai + whole + i)).intoArray(sums, i);
        }
        for (; i < rest; i++) {
            sums[i] += a[ai + whole + i];
        }
    }

    /** {@code sums[i] += Σ a[r · row + i] · b[r · row + i]} */
    static void addProducts(float[] sums, float[] a, int ai, float[] b, int bi, int count, int row) {
        int whole = count / row * row;
        int column = 0;
        for (; column + 4 * WIDTH <= row; column += 4 * WIDTH) {
            FloatVector s0 = load(sums, column);
            FloatVector s1 = load(sums, column + WIDTH);
            FloatVector s2 = load(sums, column + 2 * WIDTH);
            FloatVector s3 = load(sums, column + 3 * WIDTH);
            for (int i = column; i < whole; i += row) {
                s0 = load(a, ai + i).fma(load(b, bi + i), s0);
                s1 = load(a, ai + i + WIDTH).fma(load(b, bi + i + WIDTH), s1);
                s2 = load(a, ai + i + 2 * WIDTH).fma(load(b, bi + i + 2 * WIDTH), s2);
                s3 = load(a, ai + i + 3 * WIDTH).fma(load(b, bi + i + 3 * WIDTH), s3);
            }
            s0.intoArray(sums, column);
            s1.intoArray(sums, column + WIDTH);
            s2.intoArray(sums, column + 2 * WIDTH);
            s3.intoArray(sums, column + 3 * WIDTH);
        }
        for (; column + WIDTH <= row; column += WIDTH) {
            FloatVector s = load(sums, column);
            for (int i = column; i < whole; i += row) {
                s = load(a, ai + i).fma(load(b, bi + i), s);
            }
            s.intoArray(sums, column);
        }
        for (; column < row; column++) {
            for (int i = column; i < whole; i += row) {
                sums[column] = Math.fma(a[ai + i], b[bi + i], sums[column]);
            }
        }
        int rest = count - whole;
        int i = 0;
        for (; i + WIDTH <= rest; i += WIDTH) {
            load(a, ai + whole + i).fma(load(b, bi + whole + i), load(sums, i)).intoArray(sums, i);
        }
        for (; i < rest; i++) {
            sums[i] = Math.fma(a[ai + whole + i], b[bi + whole + i], sums[i]);
        }
    }

    /**
     * Sums for a variance: with {@code d = a − shift}, {@code sums[i] += Σ d} and {@code squares[i] += Σ d²} over the
     * rows. Shifted sums lose no precision to cancellation (docs/design.md, "Primitives").
     *
     * @param shift one value per column
     */
    static void addShifted(float[] sums, float[] squares, float[] shift, float[] a, int ai, int count, int row) {
        int whole = count / row * row;
        int column = 0;
        for (; column + 2 * WIDTH <= row; column += 2 * WIDTH) {
            FloatVector k0 = load(shift, column);
            FloatVector k1 = load(shift, column + WIDTH);
            FloatVector s0 = load(sums, column);
            FloatVector s1 = load(sums, column + WIDTH);
            FloatVector q0 = load(squares, column);
            FloatVector q1 = load(squares, column + WIDTH);
            for (int i = column; i < whole; i += row) {
                FloatVector d0 = load(a, ai + i).sub(k0);
                FloatVector d1 = load(a, ai + i + WIDTH).sub(k1);
                s0 = s0.add(d0);
                s1 = s1.add(d1);
                q0 = d0.fma(d0, q0);
                q1 = d1.fma(d1, q1);
            }
            s0.intoArray(sums, column);
            s1.intoArray(sums, column + WIDTH);
            q0.intoArray(squares, column);
            q1.intoArray(squares, column + WIDTH);
        }
        for (; column + WIDTH <= row; column += WIDTH) {
            addShiftedColumns(sums, squares, shift, column, a, ai + column, ai + whole, row);
        }
        for (; column < row; column++) {
            for (int i = column; i < whole; i += row) {
                addShifted(sums, squares, shift, column, a[ai + i]);
            }
        }
        int rest = count - whole;
        int i = 0;
        for (; i + WIDTH <= rest; i += WIDTH) {
            addShiftedColumns(sums, squares, shift, i, a, ai + whole + i, ai + whole + i + 1, row);
        }
        for (; i < rest; i++) {
            addShifted(sums, squares, shift, i, a[ai + whole + i]);
        }
    }

    /** The shifted sums of one vector of columns, from {@code a[start]} in steps of a row up to {@code end}. */
    private static void addShiftedColumns(
            float[] sums, float[] squares, float[] shift, int column, float[] a, int start, int end, int row) {
        FloatVector k = load(shift, column);
        FloatVector s = load(sums, column);
        FloatVector q = load(squares, column);
        for (int i = start; i < end; i += row) {
            FloatVector d = load(a, i).sub(k);
            s = s.add(d);
            q = d.fma(d, q);
        }
        s.intoArray(sums, column);
        q.intoArray(squares, column);
    }

    private static void addShifted(float[] sums, float[] squares, float[] shift, int column, float value) {
        float d = value - shift[column];
        sums[column] += d;
        squares[column] = Math.fma(d, d, squares[column]);
    }

    /** {@code sums[c] = Σ values[s · stride + c]} over the samples s, in float64: from [samples, C] to [C]. */
    static void overSamples(double[] sums, float[] values, int stride, int samples) {
        int c = 0;
        int doubles = DOUBLES.length();
        for (; c + 4 * doubles <= sums.length; c += 4 * doubles) {
            DoubleVector s0 = DoubleVector.zero(DOUBLES);
            DoubleVector s1 = s0;
            DoubleVector s2 = s0;
            DoubleVector s3 = s0;
            for (int i = c; i < c + samples * stride; i += stride) {
                s0 = s0.add(doubles(values, i));
                s1 = s1.add(doubles(values, i + doubles));
                s2 = s2.add(doubles(values, i + 2 * doubles));
                s3 = s3.add(doubles(values, i + 3 * doubles));
            }
            s0.intoArray(sums, c);
            s1.intoArray(sums, c + doubles);
            s2.intoArray(sums, c + 2 * doubles);
            s3.intoArray(sums, c + 3 * doubles);
        }
        for (; c < sums.length; c++) {
            double sum = 0;
            for (int i = c; i < c + samples * stride; i += stride) {
                sum += values[i];
            }
            sums[c] = sum;
        }
    }

    private static DoubleVector doubles(float[] values, int index) {
        return (DoubleVector) FloatVector.fromArray(HALF, values, index).convertShape(VectorOperators.F2D, DOUBLES, 0);
    }

    /** Adds the pixels j of a row: {@code out[o + c] = factor · Σ sums[j · C + c]}, from [pixels, C] to [C]. */
    static void fold(float[] sums, TileShape shape, float[] out, int o, float factor) {
        int channels = shape.channels();
        int c = 0;
        for (; c + WIDTH <= channels; c += WIDTH) {
            FloatVector sum = load(sums, c);
            for (int at = c + channels; at < shape.row(); at += channels) {
                sum = sum.add(load(sums, at));
            }
            sum.mul(factor).intoArray(out, o + c);
        }
        for (; c < channels; c++) {
            float sum = sums[c];
            for (int at = c + channels; at < shape.row(); at += channels) {
                sum += sums[at];
            }
            out[o + c] = sum * factor;
        }
    }

    /**
     * Corrects a variance and a mean for the shift, in place: {@code variance −= mean²}, at least 0, and
     * {@code mean += shift}.
     *
     * @param variance the mean of the squared distances from the shift [C]
     * @param v        index of the first variance
     * @param mean     the mean of the distances from the shift [C]
     * @param m        index of the first mean
     */
    static void unshift(float[] variance, int v, float[] mean, int m, float[] shift, int channels) {
        int c = 0;
        for (; c + WIDTH <= channels; c += WIDTH) {
            FloatVector distance = load(mean, m + c);
            load(variance, v + c).sub(distance.mul(distance)).max(0f).intoArray(variance, v + c);
            load(shift, c).add(distance).intoArray(mean, m + c);
        }
        for (; c < channels; c++) {
            float distance = mean[m + c];
            variance[v + c] = Math.max(variance[v + c] - distance * distance, 0f);
            mean[m + c] = shift[c] + distance;
        }
    }
}
