package org.evonorm.engine.cpu.onednn;

import java.util.Optional;
import org.bytedeco.javacpp.LongPointer;
import org.evonorm.engine.cpu.memory.NativeFloats;
import org.evonorm.engine.cpu.vector.VectorFunctions;
import org.evonorm.engine.llvm.CompiledLoop;
import org.evonorm.engine.llvm.LoopCompiler;

/**
 * The weight gradient of a depthwise 5×5 convolution, for which oneDNN has a slow general implementation alone: on AVX2 it
 * runs at 1 to 7 GFLOP/s, least where images are small, and the forward convolution at 40.
 *
 * <p>{@code gradient[c, ky, kx] = Σ x[b, oy · stride + ky − 2, ox · stride + kx − 2, c] · dy[b, oy, ox, c]}. One worker's.
 */
public final class DepthwiseWeightGradient implements AutoCloseable {

    private static final int KERNEL = 5;

    private final ConvolutionShape shape;
    private final int channels;
    /** Room for one value a channel. */
    private final int vector;
    /** Floats of a line of the padded input. */
    private final int line;

    private final CompiledLoop loop;
    private final LongPointer arguments;
    /** One sample's input with a margin of zeros. */
    private final NativeFloats input;
    /** A sample's derivative where vectors reach past the channels of its last pixel. */
    private final Optional<NativeFloats> outputDerivative;
    /** By tap and channel. */
    private final NativeFloats sums;

    private final float[] byTap;
    private final float[] plain;

    public DepthwiseWeightGradient(ConvolutionShape shape) {
        this.shape = shape;
        this.channels = shape.input().channels();
        this.vector = VectorFunctions.padded(channels);
        this.line = (shape.input().width() + 2 * shape.padding()) * channels;
        this.loop = LoopCompiler.loop(new DepthwiseLoop(shape, line, vector));
        this.input =
                new NativeFloats((long) line * (shape.input().height() + 2 * shape.padding()) + VectorFunctions.WIDTH);
        input.fill(0);
        this.outputDerivative = channels == vector
                ? Optional.empty()
                : Optional.of(new NativeFloats(shape.output().size() + VectorFunctions.WIDTH));
        this.sums = new NativeFloats(KERNEL * KERNEL * vector);
        this.byTap = new float[KERNEL * KERNEL * vector];
        this.plain = new float[KERNEL * KERNEL * channels];
        this.arguments = new LongPointer(input.address(), 0, sums.address());
    }

    /** Whether it can be used here and does better than oneDNN's implementation of this name. */
    public static boolean isBetter(ConvolutionShape shape, String implementation) {
        boolean depthwise = shape.groups() == shape.input().channels()
                && shape.groups() == shape.output().channels();
        return depthwise && shape.kernel() == KERNEL && !implementation.contains("dw") && LoopCompiler.isAvailable();
    }

    /**
     * The gradient over some samples.
     *
     * @param gradient [C, 1, 1, 5, 5], overwritten
     */
    public void run(NativeFloats x, NativeFloats dy, int firstSample, int samples, NativeFloats gradient) {
        sums.fill(0);
        for (int sample = firstSample; sample < firstSample + samples; sample++) {
            copyInput(x, sample);
            arguments.put(1, derivative(dy, sample));
            loop.run(arguments);
        }
        sums.buffer().get(0, byTap);
        for (int tap = 0; tap < KERNEL * KERNEL; tap++) {
            for (int c = 0; c < channels; c++) {
                plain[c * KERNEL * KERNEL + tap] = byTap[tap * vector + c];
            }
        }
        gradient.buffer().put(0, plain);
    }

    private void copyInput(NativeFloats x, int sample) {
        int size = shape.input().width() * channels;
        int from = sample * shape.input().size();
        int to = shape.padding() * (line + channels);
        for (int y = 0; y < shape.input().height(); y++) {
            input.buffer().put(to + y * line, x.buffer(), from + y * size, size);
        }
    }

    /** Where the derivative of a sample's output lies. */
    private long derivative(NativeFloats dy, int sample) {
        int size = shape.output().size();
        if (outputDerivative.isEmpty()) {
            return dy.address() + (long) sample * size * Float.BYTES;
        }
        NativeFloats copy = outputDerivative.get();
        copy.buffer().put(0, dy.buffer(), sample * size, size);
        return copy.address();
    }

    @Override
    public void close() {
        input.close();
        outputDerivative.ifPresent(NativeFloats::close);
        sums.close();
        arguments.deallocate();
    }
}
