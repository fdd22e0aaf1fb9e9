package org.evonorm.engine.cpu.tile;

import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.evonorm.engine.cpu.vector.VectorFunctions;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Time of the kernels' reductions over one tile, in ns per float. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class SumsBenchmark {

    private static final int COUNT = 2048;

    /**
     * Floats per row; only images with an odd number of channels have rows that are no multiple of the vector width.
     */
    @Param({"17", "64", "192", "960"})
    public int row;

    private final float[] a = new float[COUNT];
    private final float[] b = new float[COUNT];
    private float[] sums;
    private float[] squares;
    private float[] shift;

    @Setup
    public void draw() {
        Random random = new Random(1);
        for (int i = 0; i < COUNT; i++) {
            a[i] = (float) random.nextGaussian();
            b[i] = (float) random.nextGaussian();
        }
        sums = new float[row + VectorFunctions.WIDTH];
        squares = new float[row + VectorFunctions.WIDTH];
        shift = new float[row + VectorFunctions.WIDTH];
    }

    @Benchmark
    @OperationsPerInvocation(COUNT)
    public float[] mean() {
        Arrays.fill(sums, 0);
        Sums.add(sums, a, 0, COUNT, row);
        return sums;
    }

    @Benchmark
    @OperationsPerInvocation(COUNT)
    public float[] meanOfProducts() {
        Arrays.fill(sums, 0);
        Sums.addProducts(sums, a, 0, b, 0, COUNT, row);
        return sums;
    }

    @Benchmark
    @OperationsPerInvocation(COUNT)
    public float[] meanAndVariance() {
        Arrays.fill(sums, 0);
        Arrays.fill(squares, 0);
        Sums.addShifted(sums, squares, shift, a, 0, COUNT, row);
        return squares;
    }
}
