package org.evonorm.engine.cpu.onednn;

import java.util.Optional;
import org.bytedeco.javacpp.LongPointer;
import org.evonorm.engine.cpu.memory.NativeFloats;
import org.evonorm.engine.cpu.vector.VectorFunctions;
import org.evonorm.engine.llvm.CompiledLoop;
import org.evonorm.engine.llvm.LoopCompiler;

/**
 * The weight gradient of a depthwise 5×5 convolution. On AVX2, oneDNN has only its slow general implementation for it:
 * 1 to 7 GFLOP/s, slowest for small images, against 40 GFLOP/s of the forward convolution. The sum is
 * {@code gradient[c, ky, kx] = Σ x[b, oy · stride + ky − 2, ox · stride + kx − 2, c] · dy[b, oy, ox, c]} over b, oy and
 * ox. An object serves one worker.
 */
public final class DepthwiseWeightGradient implements AutoCloseable {

    private static final int KERNEL = 5;
    private static final int PADDING = (KERNEL - 1) / 2;

    private final ConvolutionShape shape;
    private final int channels;
    /** Number of channels, rounded up to whole vectors. */
    private final int paddedChannels;
    /** Floats per line of the padded input. */
    private final int lineFloats;

    private final CompiledLoop loop;
    private final LongPointer arguments;
    /** The input of one sample with a margin of zeros [H + 2p, W + 2p, C]. */
    private final NativeFloats input;
    /**
     * A copy of one sample's derivative [H', W', C], for channels that do not fill whole vectors: loads pass its end.
     */
    private final Optional<NativeFloats> outputDerivative;
    /** The gradient as the loop sums it up [taps, padded channels]. */
    private final NativeFloats sums;

    private final float[] byTap;
    private final float[] plain;

    /**
     * Compiles the loop and takes memory.
     *
     * @param shape a convolution for which {@link #isBetter} is true
     */
    public DepthwiseWeightGradient(ConvolutionShape shape) {
        this.shape = shape;
        this.channels = shape.input().channels();
        this.paddedChannels = VectorFunctions.padded(channels);
        this.lineFloats = (shape.input().width() + 2 * PADDING) * channels;
        this.loop = LoopCompiler.loop(new DepthwiseLoop(shape, lineFloats, paddedChannels));
        this.input =
                new NativeFloats((long) lineFloats * (shape.input().height() + 2 * PADDING) + VectorFunctions.WIDTH);
        input.fill(0);
        this.outputDerivative = channels == paddedChannels
                ? Optional.empty()
                : Optional.of(new NativeFloats(shape.output().size() + VectorFunctions.WIDTH));
        this.sums = new NativeFloats((long) KERNEL * KERNEL * paddedChannels);
        this.byTap = new float[KERNEL * KERNEL * paddedChannels];
        this.plain = new float[KERNEL * KERNEL * channels];
        this.arguments = new LongPointer(input.address(), 0, sums.address());
    }

    /**
     * Whether this class computes the weight gradient of a convolution, and faster than oneDNN.
     *
     * @param implementation name of oneDNN's implementation; {@code dw} stands for a fast depthwise one
     */
    public static boolean isBetter(ConvolutionShape shape, String implementation) {
        return shape.isDepthwise()
                && shape.kernel() == KERNEL
                && shape.window().isCentered()
                && !shape.hasBias()
                && !implementation.contains("dw")
                && LoopCompiler.isAvailable();
    }

    /**
     * Computes the gradient over a range of samples.
     *
     * @param x        input of the convolution [B, H, W, C]
     * @param dy       derivative of the output [B, H', W', C]
     * @param gradient [C, 1, 1, 5, 5], overwritten
     */
    public void run(NativeFloats x, NativeFloats dy, int firstSample, int samples, NativeFloats gradient) {
        sums.fill(0);
        for (int sample = firstSample; sample < firstSample + samples; sample++) {
            copyInput(x, sample);
            arguments.put(1, derivativeAddress(dy, sample));
            loop.run(arguments);
        }
        sums.buffer().get(0, byTap);
        for (int tap = 0; tap < KERNEL * KERNEL; tap++) {
            for (int c = 0; c < channels; c++) {
                plain[c * KERNEL * KERNEL + tap] = byTap[tap * paddedChannels + c];
            }
        }
        gradient.buffer().put(0, plain);
    }

    private void copyInput(NativeFloats x, int sample) {
        int size = shape.input().width() * channels;
        int from = sample * shape.input().size();
        int to = PADDING * (lineFloats + channels);
        for (int y = 0; y < shape.input().height(); y++) {
            input.buffer().put(to + y * lineFloats, x.buffer(), from + y * size, size);
        }
    }

    /** The address of the derivative of a sample's output, or of its copy. */
    private long derivativeAddress(NativeFloats dy, int sample) {
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
