package org.evonorm.engine.cpu.tile;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.evonorm.engine.cpu.memory.Slices;
import org.evonorm.engine.cpu.memory.Tensor;
import org.evonorm.engine.pass.TileOperation;
import org.evonorm.engine.pass.TilePass;
import org.evonorm.program.Extent;
import org.evonorm.program.Operation;

/**
 * Arithmetic between tensors [B, H, W, C] and sample-channel values [B, C], for pooling and squeeze-and-excitation. It
 * runs as tile passes on the back end of the layers. An object serves one worker and one tensor shape.
 */
public final class AreaMath {

    private static final TilePass.Load X = new TilePass.Load(Operation.X, 0);
    private static final TilePass.Broadcast SAMPLE_CHANNEL = new TilePass.Broadcast(0, 1, Extent.SAMPLE_CHANNEL);

    private static final TilePass SUM =
            sum(List.of(X), new TilePass.Reduction(0, OptionalInt.empty(), OptionalInt.of(0), OptionalInt.empty()));
    private static final TilePass SUM_OF_PRODUCTS = sum(
            List.of(X, new TilePass.Load(Operation.DY, 1)),
            new TilePass.Reduction(0, OptionalInt.of(1), OptionalInt.of(0), OptionalInt.empty()));
    private static final TilePass SPREAD = stored(1, List.of(), List.of());
    private static final TilePass SCALE =
            stored(2, List.of(X), List.of(new TilePass.Step(TileOperation.MUL, 2, 0, 1, 0)));

    private final Slices slices;
    private final int worker;
    private final TileShape shape;
    private final PassBackend backend;
    private final Scratch scratch;
    /** The values of one sample [C], padded. */
    private final float[] channelValues;
    /** Passes are bound at their first runs, when the scratch memory has its final size. */
    private final Map<TilePass, BoundPass> bound = new HashMap<>();

    private AreaMath(Tensor tensor, Slices slices, int worker, PassBackend backend) {
        this.slices = slices;
        this.worker = worker;
        this.shape = TileShape.of(tensor.shape().area(), tensor.shape().channels());
        this.backend = backend;
        this.scratch = backend.scratch();
        this.channelValues = new float[shape.paddedChannels()];
        Stream.of(SUM, SUM_OF_PRODUCTS, SPREAD, SCALE).forEach(pass -> scratch.reserve(pass, shape));
    }

    /**
     * One object per worker.
     *
     * @param tensor   any tensor of the shape
     * @param backends the back end of each worker
     */
    public static AreaMath[] of(Tensor tensor, Slices slices, PassBackend[] backends) {
        AreaMath[] all = new AreaMath[slices.workers()];
        Arrays.setAll(all, worker -> new AreaMath(tensor, slices, worker, backends[worker]));
        return all;
    }

    private static TilePass sum(List<TilePass.Load> loads, TilePass.Reduction reduction) {
        return new TilePass(loads.size(), loads, List.of(), List.of(), List.of(), List.of(reduction), List.of());
    }

    /** A pass that stores a register as a derivative of the input, the only target to which passes can add. */
    private static TilePass stored(int register, List<TilePass.Load> loads, List<TilePass.Step> steps) {
        return new TilePass(
                register + 1,
                loads,
                List.of(),
                List.of(SAMPLE_CHANNEL),
                steps,
                List.of(),
                List.of(new TilePass.Store(register, TilePass.Target.INPUT_DERIVATIVE, OptionalInt.empty())));
    }

    private BoundPass bound(TilePass pass) {
        return bound.computeIfAbsent(pass, absent -> backend.bind(absent, shape));
    }

    /** {@code out[b, c] = mean over pixels p of a[b, p, c]} */
    public void mean(Tensor out, Tensor a) {
        sum(SUM, out, a, a, 1f / shape.area(), false);
    }

    /** {@code out[b, c] = sum over pixels p of a[b, p, c] · b[b, p, c]}; {@code +=} with {@code accumulate}. */
    public void sumOfProducts(Tensor out, Tensor a, Tensor b, boolean accumulate) {
        sum(SUM_OF_PRODUCTS, out, a, b, 1f, accumulate);
    }

    private void sum(TilePass pass, Tensor out, Tensor a, Tensor b, float factor, boolean accumulate) {
        PassTensors tensors = new PassTensors(a.floats(), a.floats(), a.floats(), b.floats(), a.floats(), false);
        BoundPass boundPass = bound(pass);
        float[] before = new float[shape.channels()];
        for (int sample = slices.first(worker); sample < slices.first(worker + 1); sample++) {
            boundPass.run(sample * shape.area() * shape.channels(), tensors);
            Sums.fold(scratch.accumulator(0).sums(), shape, channelValues, 0, factor);
            if (accumulate) {
                out.floats().buffer().get(sample * shape.channels(), before);
                for (int c = 0; c < before.length; c++) {
                    channelValues[c] += before[c];
                }
            }
            out.floats().buffer().put(sample * shape.channels(), channelValues, 0, shape.channels());
        }
    }

    /**
     * The derivative of {@link #mean}: {@code out[b, p, c] = a[b, c] / area} at all pixels p; {@code +=} with
     * {@code accumulate}.
     */
    public void spread(Tensor out, Tensor a, boolean accumulate) {
        store(SPREAD, out, out, a, shape.area(), accumulate);
    }

    /** {@code out[b, p, c] = a[b, p, c] · gate[b, c]}; {@code +=} with {@code accumulate}. */
    public void scale(Tensor out, Tensor a, Tensor gate, boolean accumulate) {
        store(SCALE, out, a, gate, 1, accumulate);
    }

    private void store(TilePass pass, Tensor out, Tensor a, Tensor perChannel, int divisor, boolean accumulate) {
        PassTensors tensors = new PassTensors(a.floats(), a.floats(), a.floats(), a.floats(), out.floats(), accumulate);
        BoundPass boundPass = bound(pass);
        for (int sample = slices.first(worker); sample < slices.first(worker + 1); sample++) {
            perChannel.floats().buffer().get(sample * shape.channels(), channelValues, 0, shape.channels());
            for (int c = 0; c < shape.channels(); c++) {
                channelValues[c] /= divisor;
            }
            boundPass.broadcast(0, channelValues, 0);
            boundPass.run(sample * shape.area() * shape.channels(), tensors);
        }
    }
}
