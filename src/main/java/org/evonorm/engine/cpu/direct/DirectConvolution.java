package org.evonorm.engine.cpu.direct;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.javacpp.Pointer;
import org.evonorm.engine.cpu.onednn.ConvolutionShape;
import org.evonorm.engine.cpu.vector.VectorFunctions;
import org.evonorm.engine.llvm.LoopCompiler;
import org.evonorm.network.Padding;
import org.evonorm.network.Shape;

/**
 * The direct convolution over some samples: forward pass, data gradient and weight gradient as loops that LLVM compiles
 * for one shape. oneDNN's implementations are made for many channels, and reach half of the processor's speed with 8.
 *
 * @param shape   dense or depthwise
 * @param samples number of samples of one worker
 */
public record DirectConvolution(ConvolutionShape shape, int samples) {

    /** Pixels of a 1×1 convolution that are treated as one sample: tensors are one long line of pixels there. */
    private static final int LINE = 48;
    /**
     * Floats of input and output that a weight gradient goes over before its next tile: few enough for the cache, and on
     * AVX2, which has twice as many tiles, for the first-level one.
     */
    private static final int CHUNK_FLOATS = VectorFunctions.WIDTH == 16 ? 16384 : 8192;

    /** The most weights of a convolution that was measured on AVX-512, with images of up to 24 pixels. */
    private static final long MOST_WEIGHTS = 1 << 18;

    /**
     * Whether this class can compute a convolution: it is dense or depthwise, without gaps between taps, and LLVM
     * loads. A bias is left out.
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
                : WeightFormat.dense(shape, true, floats(shape.output(), forwardParts(shape)));
    }

    /** Format of the weights for {@link #dataGradient}. The caller destroys it. */
    public static dnnl_memory_desc dataGradientWeights(ConvolutionShape shape) {
        return shape.groups() > 1
                ? WeightFormat.depthwise(shape)
                : WeightFormat.dense(shape, false, floats(shape.input(), dataGradientParts(shape)));
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
        return correlation(shape.input(), shape.output(), forwardParts(shape), x, weights, start, y);
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
        return correlation(shape.output(), shape.input(), dataGradientParts(shape), dy, weights, start, dx);
    }

    private static List<Correlation.Part> forwardParts(ConvolutionShape shape) {
        return List.of(
                isPointwise(shape)
                        ? new Correlation.Part(line(1), line(LINE))
                        : new Correlation.Part(vertical(shape), horizontal(shape)));
    }

    private static List<Correlation.Part> dataGradientParts(ConvolutionShape shape) {
        if (isPointwise(shape)) {
            return forwardParts(shape);
        }
        List<Correlation.Part> parts = new ArrayList<>();
        Shape in = shape.input();
        Shape out = shape.output();
        Padding padding = shape.window().padding();
        int kernel = shape.kernel();
        int stride = shape.stride();
        for (Axis rows : Axis.dataGradient(in.height(), out.height(), kernel, stride, padding.top())) {
            for (Axis columns : Axis.dataGradient(in.width(), out.width(), kernel, stride, padding.left())) {
                parts.add(new Correlation.Part(rows, columns));
            }
        }
        return parts;
    }

    /** Vectors of a block of the channels that sums write. */
    private static int vectors(Shape to, List<Correlation.Part> parts) {
        return Tiling.vectors(
                to.channels(), parts.stream().map(Correlation.Part::columns).toList());
    }

    /** Floats of such a block. */
    private static int floats(Shape to, List<Correlation.Part> parts) {
        return vectors(to, parts) * VectorFunctions.WIDTH;
    }

    private DirectRun correlation(
            Shape from,
            Shape to,
            List<Correlation.Part> parts,
            Pointer input,
            Pointer weights,
            Optional<? extends Pointer> start,
            Pointer output) {
        boolean adds = start.isPresent();
        int vectors = vectors(to, parts);
        long startAddress = start.map(Pointer::address).orElse(output.address());
        DirectRun run = new DirectRun();
        if (!isPointwise(shape)) {
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
                            ? new CorrelationLoop(geometry, adds)
                            : new DepthwiseCorrelationLoop(geometry, adds),
                    input.address(),
                    weights.address(),
                    startAddress,
                    output.address(),
                    samples);
            return run;
        }
        forEachLine((pixels, firstPixel, lines) -> {
            Axis rows = line(1);
            Axis columns = line(pixels);
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
                    new CorrelationLoop(geometry, adds),
                    input.address() + firstPixel * from.channels() * Float.BYTES,
                    weights.address(),
                    startAddress + written,
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
        if (isPointwise(shape)) {
            forEachLine((pixels, firstPixel, lines) -> run.add(
                    gradientLoop(pixels, pixels, line(1), line(pixels)),
                    x.address() + firstPixel * in.channels() * Float.BYTES,
                    dy.address() + firstPixel * out.channels() * Float.BYTES,
                    gradient.address(),
                    lines));
        } else if (shape.groups() == 1) {
            run.add(
                    gradientLoop(in.area(), out.area(), vertical(shape), horizontal(shape)),
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
                            vertical(shape),
                            horizontal(shape),
                            chunk(in.size() + out.size())),
                    x.address(),
                    dy.address(),
                    gradient.address(),
                    samples);
        }
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

    private static boolean isPointwise(ConvolutionShape shape) {
        return shape.kernel() == 1 && shape.stride() == 1 && shape.groups() == 1;
    }

    private interface LineVisitor {
        void visit(int pixels, long firstPixel, long lines);
    }

    /** Visits the pixels of all samples: whole lines, then a rest. */
    private void forEachLine(LineVisitor visitor) {
        long all = (long) samples * shape.input().area();
        long whole = all / LINE;
        if (whole > 0) {
            visitor.visit(LINE, 0, whole);
        }
        if (all > whole * LINE) {
            visitor.visit((int) (all - whole * LINE), whole * LINE, 1);
        }
    }

    private static Axis line(int pixels) {
        return Axis.forward(pixels, pixels, 1, 1, 0);
    }

    private static Axis vertical(ConvolutionShape shape) {
        return Axis.forward(
                shape.input().height(),
                shape.output().height(),
                shape.kernel(),
                shape.stride(),
                shape.window().padding().top());
    }

    private static Axis horizontal(ConvolutionShape shape) {
        return Axis.forward(
                shape.input().width(),
                shape.output().width(),
                shape.kernel(),
                shape.stride(),
                shape.window().padding().left());
    }
}
