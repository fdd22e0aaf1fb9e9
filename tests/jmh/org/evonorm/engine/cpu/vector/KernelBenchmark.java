package org.evonorm.engine.cpu.vector;

import java.util.Random;
import java.util.concurrent.TimeUnit;
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

/** Time of one run of a kernel over registers of one tile, in ns per float. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class KernelBenchmark {

    /** Floats per register: three operands and a result have 32 KiB. */
    private static final int COUNT = 2048;

    @Param({"ADD", "MUL", "MAX", "SQUARE", "EXP", "TANH", "SIGMOID", "LOG", "ROOT", "INVERSE", "GATE", "MULTIPLY_ADD"})
    public String kernel;

    private Kernel loop;
    private final float[] out = new float[COUNT];
    private final float[] a = new float[COUNT];
    private final float[] b = new float[COUNT];
    private final float[] c = new float[COUNT];

    /** Draws operands of the size of normalized activations. */
    @Setup
    public void draw() {
        loop = Kernel.valueOf(kernel);
        Random random = new Random(1);
        for (int i = 0; i < COUNT; i++) {
            a[i] = (float) random.nextGaussian();
            b[i] = (float) random.nextGaussian();
            c[i] = (float) random.nextGaussian();
        }
    }

    @Benchmark
    @OperationsPerInvocation(COUNT)
    public float[] sweep() {
        loop.run(out, 0, a, 0, b, 0, c, 0, COUNT);
        return out;
    }
}
