package org.evonorm.engine.cpu.direct;

import java.util.List;
import java.util.Optional;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.javacpp.Pointer;
import org.evonorm.engine.cpu.onednn.ConvolutionShape;
import org.evonorm.engine.cpu.vector.VectorFunctions;
import org.evonorm.engine.llvm.LoopCompiler;
import org.evonorm.network.Shape;

/**
 * The direct convolution over some samples: forward pass, data gradient and weight gradient as loops that LLVM compiles
 * for one shape. oneDNN's implementations are made for many channels, and reach half of the processor's speed with 8.
 *
 * @param shape   dense or depthwise
 * @param samples number of samples of one worker
 */
public record DirectConvolution(ConvolutionShape shape, int samples) {

    /**
     * Floats of input and output that a weight gradient goes over before its next tile: few enough for the cache, and on
     * AVX2, which has twice as many tiles, for the first-level one.
     */
    private static final int CHUNK_FLOATS = VectorFunctions.WIDTH == 16 ? 16384 : 8192;

    /** The most weights of a convolution that was measured on AVX-512, with images of up to 24 pixels. */
    private static final long MOST_WEIGHTS = 1 << 18;

    /**
     * Whether this class can compute a convolution: it is dense or depthwise, without gaps between taps, and LLVM
     * loads.
     */
    public static boolean canCompute(ConvolutionShape shape) {
        return (shape.groups() == 1 || shape.isDepthwise())
                && shape.window().dilation() == 1
                && LoopCompiler.isAvailable();
    }

    /**
     * Whether this class computes a convolution faster than oneDNN: depthwise ones and, on AVX2 and AVX-512, dense ones.
     */
    public static boolean isBetter(ConvolutionShape shape) {
        long weights = (long) shape.input().channels() * shape.output().channels() * shape.kernel() * shape.kernel();
        boolean dense = VectorFunctions.WIDTH == 8 || (VectorFunctions.WIDTH == 16 && weights <= MOST_WEIGHTS);
        return (dense || shape.isDepthwise()) && canCompute(shape);
    }

    /** Format of the weights for {@link #forward}. The caller destroys it. */
    public static dnnl_memory_desc forwardWeights(ConvolutionShape shape) {
        return shape.groups() > 1
                ? WeightFormat.depthwise(shape)
                : WeightFormat.dense(
                        shape, true, ConvolutionAxes.blockFloats(shape.output(), ConvolutionAxes.forwardParts(shape)));
    }

    /** Format of the weights for {@link #dataGradient}. The caller destroys it. */
    public static dnnl_memory_desc dataGradientWeights(ConvolutionShape shape) {
        return shape.groups() > 1
                ? WeightFormat.depthwise(shape)
                : WeightFormat.dense(
                        shape,
                        false,
                        ConvolutionAxes.blockFloats(shape.input(), ConvolutionAxes.dataGradientParts(shape)));
    }

    /** Format that {@link #weightGradient} writes. The caller destroys it. */
    public static dnnl_memory_desc weightGradientFormat(ConvolutionShape shape) {
        return shape.groups() > 1 ? WeightFormat.depthwise(shape) : WeightFormat.lines(shape, alongOutputs(shape));
    }

    /**
     * Whether vectors of a weight gradient run along the outputs: the side with fewer partly filled vectors, and at a
     * tie the outputs, or for 1×1 kernels the inputs, which gives the plain format.
     */
    static boolean alongOutputs(ConvolutionShape shape) {
        int alongOutputs = padding(shape.output().channels()) * shape.input().channels();
        int alongInputs = padding(shape.input().channels()) * shape.output().channels();
        return alongOutputs < alongInputs || (alongOutputs == alongInputs && shape.kernel() > 1);
    }

    private static int padding(int channels) {
        return VectorFunctions.padded(channels) - channels;
    }

    /**
     * The forward pass.
     *
     * @param x       [samples, H, W, I]
     * @param weights in the format {@link #forwardWeights}
     * @param start   tensor that is added to the convolution, if any
     * @param y       [samples, H', W', O]
     */
    public DirectRun forward(Pointer x, Pointer weights, Optional<? extends Pointer> start, Pointer y) {
        return forward(x, weights, Start.of(start), y);
    }

    /**
     * The forward pass of a convolution with a bias.
     *
     * @param bias [O]
     */
    public DirectRun forwardFromBias(Pointer x, Pointer weights, Pointer bias, Pointer y) {
        return forward(x, weights, new Start(SumStart.CHANNELS, bias.address()), y);
    }

    private DirectRun forward(Pointer x, Pointer weights, Start start, Pointer y) {
        return correlation(shape.input(), shape.output(), ConvolutionAxes.forwardParts(shape), x, weights, start, y);
    }

    /** What sums start from, and its address, if it has one. */
    private record Start(SumStart from, long address) {

        static Start of(Optional<? extends Pointer> tensor) {
            return tensor.map(present -> new Start(SumStart.TENSOR, present.address()))
                    .orElse(new Start(SumStart.ZERO, 0));
        }

        /** The same for later samples, {@code bytes} behind the first in tensors. */
        Start behind(long bytes) {
            return from == SumStart.TENSOR ? new Start(from, address + bytes) : this;
        }
    }

    /**
     * The gradient with respect to the input.
     *
     * @param dy      [samples, H', W', O]
     * @param weights in the format {@link #dataGradientWeights}
     * @param start   tensor that is added to the gradient, if any; it may be dx
     * @param dx      [samples, H, W, I]
     */
    public DirectRun dataGradient(Pointer dy, Pointer weights, Optional<? extends Pointer> start, Pointer dx) {
        return correlation(
                shape.output(),
                shape.input(),
                ConvolutionAxes.dataGradientParts(shape),
                dy,
                weights,
                Start.of(start),
                dx);
    }

    private DirectRun correlation(
            Shape from,
            Shape to,
            List<Correlation.Part> parts,
            Pointer input,
            Pointer weights,
            Start start,
            Pointer output) {
        // Depthwise loops have blocks of their own.
        int vectors = shape.groups() == 1 ? ConvolutionAxes.blockVectors(to, parts) : 1;
        DirectRun run = new DirectRun();
        if (!ConvolutionAxes.isPointwise(shape)) {
            Correlation geometry = new Correlation(
                    from.channels(),
                    to.channels(),
                    from.width(),
                    from.size(),
                    to.width(),
                    to.size(),
                    shape.kernel(),
                    vectors,
                    parts);
            run.add(
                    shape.groups() == 1
                            ? new CorrelationLoop(geometry, start.from())
                            : new DepthwiseCorrelationLoop(geometry, start.from()),
                    input.address(),
                    weights.address(),
                    start.address(),
                    output.address(),
                    samples);
            return run;
        }
        forEachLine((pixels, firstPixel, lines) -> {
            Axis rows = ConvolutionAxes.line(1);
            Axis columns = ConvolutionAxes.line(pixels);
            Correlation geometry = new Correlation(
                    from.channels(),
                    to.channels(),
                    pixels,
                    pixels * from.channels(),
                    pixels,
                    pixels * to.channels(),
                    1,
                    vectors,
                    List.of(new Correlation.Part(rows, columns)));
            long written = firstPixel * to.channels() * Float.BYTES;
            run.add(
                    new CorrelationLoop(geometry, start.from()),
                    input.address() + firstPixel * from.channels() * Float.BYTES,
                    weights.address(),
                    start.behind(written).address(),
                    output.address() + written,
                    lines);
        });
        return run;
    }

    /**
     * The gradient with respect to the weights, to which the run adds.
     *
     * @param x        [samples, H, W, I]
     * @param dy       [samples, H', W', O]
     * @param gradient in the format {@link #weightGradientFormat}
     */
    public DirectRun weightGradient(Pointer x, Pointer dy, Pointer gradient) {
        DirectRun run = new DirectRun();
        Shape in = shape.input();
        Shape out = shape.output();
        if (ConvolutionAxes.isPointwise(shape)) {
            forEachLine((pixels, firstPixel, lines) -> run.add(
                    gradientLoop(pixels, pixels, ConvolutionAxes.line(1), ConvolutionAxes.line(pixels)),
                    x.address() + firstPixel * in.channels() * Float.BYTES,
                    dy.address() + firstPixel * out.channels() * Float.BYTES,
                    gradient.address(),
                    lines));
        } else if (shape.groups() == 1) {
            run.add(
                    gradientLoop(
                            in.area(), out.area(), ConvolutionAxes.vertical(shape), ConvolutionAxes.horizontal(shape)),
                    x.address(),
                    dy.address(),
                    gradient.address(),
                    samples);
        } else {
            run.add(
                    new DepthwiseGradientLoop(
                            in.channels(),
                            in.width(),
                            in.size(),
                            out.width(),
                            out.size(),
                            ConvolutionAxes.vertical(shape),
                            ConvolutionAxes.horizontal(shape),
                            chunk(in.size() + out.size())),
                    x.address(),
                    dy.address(),
                    gradient.address(),
                    samples);
        }
        return run;
    }

    /**
     * The gradient with respect to the bias, to which the run adds.
     *
     * @param dy       [samples, H', W', O]
     * @param gradient [O]
     */
    public DirectRun biasGradient(Pointer dy, Pointer gradient) {
        DirectRun run = new DirectRun();
        long pixels = (long) samples * shape.output().area();
        run.add(new ChannelSumLoop(shape.output().channels()), dy.address(), gradient.address(), pixels);
        return run;
    }

    private WeightGradientLoop gradientLoop(int inArea, int outArea, Axis vertical, Axis horizontal) {
        int inFloats = inArea * shape.input().channels();
        int outFloats = outArea * shape.output().channels();
        return new WeightGradientLoop(
                shape.input().channels(),
                shape.output().channels(),
                inArea / vertical.inputs(),
                inFloats,
                outArea / vertical.count(),
                outFloats,
                vertical,
                horizontal,
                alongOutputs(shape),
                chunk(inFloats + outFloats));
    }

    private static int chunk(int sampleFloats) {
        return Math.max(1, CHUNK_FLOATS / sampleFloats);
    }

    // ---- 1×1 convolutions of stride 1

    private interface LineVisitor {
        void visit(int pixels, long firstPixel, long lines);
    }

    /** Visits the pixels of all samples: whole lines, then a rest. */
    private void forEachLine(LineVisitor visitor) {
        long all = (long) samples * shape.input().area();
        long whole = all / ConvolutionAxes.LINE;
        if (whole > 0) {
            visitor.visit(ConvolutionAxes.LINE, 0, whole);
        }
        if (all > whole * ConvolutionAxes.LINE) {
            visitor.visit((int) (all - whole * ConvolutionAxes.LINE), whole * ConvolutionAxes.LINE, 1);
        }
    }
}
