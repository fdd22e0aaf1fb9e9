package org.evonorm.engine.cpu;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.evonorm.graph.CanonicalForm;
import org.evonorm.graph.KnownLayers;
import org.evonorm.program.Operation;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** A layer's forward and backward pass over one tensor, by kernels and by compiled loops, in nanoseconds a float. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class LayerBenchmark {

    private static final int SAMPLES = 16;
    private static final int AREA = 144;
    private static final int CHANNELS = 96;
    private static final int COUNT = SAMPLES * AREA * CHANNELS;

    @Param({"BN-ReLU", "EvoNorm-B0", "EvoNorm-S0"})
    public String layer;

    @Param({"false", "true"})
    public boolean compiled;

    private final Workers workers = new Workers(1);
    private final Floats x = new Floats(COUNT);
    private final Floats y = new Floats(COUNT);
    private final Floats dy = new Floats(COUNT);
    private final Floats dx = new Floats(COUNT);
    private Scratch scratch;
    private TileLayer tiles;
    private TileMachine.Tensors tensors;

    /** Normal tensors, and trainable vectors at their initial values. */
    @Setup
    public void prepare() {
        LayerPlan plan = LayerPlan.training(CanonicalForm.of(KnownLayers.get(layer)));
        scratch = compiled ? new NativeScratch() : new KernelScratch();
        tiles = new TileLayer(plan, new Slices(SAMPLES, 1), AREA, CHANNELS, workers, new Scratch[] {scratch});
        float[] ones = new float[CHANNELS];
        Arrays.fill(ones, 1f);
        tiles.set(Operation.V1, 0, ones, 0);
        tiles.set(Operation.GAMMA, 0, ones, 0);
        tensors = new TileMachine.Tensors(x, x, y, dy, dx, false);
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < COUNT; i++) {
            x.buffer().put(i, (float) random.nextGaussian());
            dy.buffer().put(i, (float) random.nextGaussian());
        }
    }

    /** Frees native memory. */
    @TearDown
    public void close() {
        Stream.of(x, y, dy, dx).forEach(Floats::close);
        scratch.close();
        workers.close();
    }

    @Benchmark
    @OperationsPerInvocation(COUNT)
    public Floats step() {
        tiles.forward(0, tensors);
        tiles.backward(0, tensors);
        return dx;
    }
}
