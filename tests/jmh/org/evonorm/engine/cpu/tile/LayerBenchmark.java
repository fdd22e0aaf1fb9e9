package org.evonorm.engine.cpu.tile;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.evonorm.engine.cpu.memory.NativeFloats;
import org.evonorm.engine.cpu.memory.Slices;
import org.evonorm.engine.cpu.memory.Workers;
import org.evonorm.engine.pass.LayerPlan;
import org.evonorm.graph.Baselines;
import org.evonorm.graph.CanonicalLayer;
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

/** Time of a layer's forward and backward run on one tensor, by kernels and by compiled passes, in ns per float. */
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
    private final NativeFloats x = new NativeFloats(COUNT);
    private final NativeFloats y = new NativeFloats(COUNT);
    private final NativeFloats dy = new NativeFloats(COUNT);
    private final NativeFloats dx = new NativeFloats(COUNT);
    private PassBackend backend;
    private TileLayer tiles;
    private PassTensors tensors;

    /** Draws normal tensors, and sets trainable vectors to their initial values. */
    @Setup
    public void prepare() {
        LayerPlan plan = LayerPlan.training(CanonicalLayer.of(Baselines.get(layer)));
        backend = compiled ? new CompiledBackend() : new KernelBackend();
        tiles = new TileLayer(plan, new Slices(SAMPLES, 1), AREA, CHANNELS, workers, new PassBackend[] {backend});
        float[] ones = new float[CHANNELS];
        Arrays.fill(ones, 1f);
        tiles.set(Operation.V1, 0, ones);
        tiles.set(Operation.GAMMA, 0, ones);
        tensors = new PassTensors(x, x, y, dy, dx, false);
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < COUNT; i++) {
            x.buffer().put(i, (float) random.nextGaussian());
            dy.buffer().put(i, (float) random.nextGaussian());
        }
    }

    /** Frees native memory. */
    @TearDown
    public void close() {
        Stream.of(x, y, dy, dx).forEach(NativeFloats::close);
        backend.close();
        workers.close();
    }

    @Benchmark
    @OperationsPerInvocation(COUNT)
    public NativeFloats step() {
        tiles.forward(0, tensors);
        tiles.backward(0, tensors);
        return dx;
    }
}
