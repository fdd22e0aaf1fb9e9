package org.evonorm.engine.cpu.direct;

import java.util.ArrayList;
import java.util.List;
import org.evonorm.engine.cpu.onednn.ConvolutionShape;
import org.evonorm.engine.cpu.vector.VectorFunctions;
import org.evonorm.network.Padding;
import org.evonorm.network.Shape;

/** The axes of a convolution's sums over taps, and the blocks of channels that follow from them. */
final class ConvolutionAxes {

    /** Pixels of a 1×1 convolution that are treated as one sample: tensors are one long line of pixels there. */
    static final int LINE = 48;

    private ConvolutionAxes() {}

    /** Whether the convolution computes every pixel from itself alone. */
    static boolean isPointwise(ConvolutionShape shape) {
        return shape.kernel() == 1 && shape.stride() == 1 && shape.groups() == 1;
    }

    /** The axis of a line of pixels that are computed from themselves. */
    static Axis line(int pixels) {
        return Axis.forward(pixels, pixels, 1, 1, 0);
    }

    /** The vertical axis of the forward pass. */
    static Axis vertical(ConvolutionShape shape) {
        return Axis.forward(
                shape.input().height(),
                shape.output().height(),
                shape.kernel(),
                shape.stride(),
                shape.window().padding().top());
    }

    /** The horizontal axis of the forward pass. */
    static Axis horizontal(ConvolutionShape shape) {
        return Axis.forward(
                shape.input().width(),
                shape.output().width(),
                shape.kernel(),
                shape.stride(),
                shape.window().padding().left());
    }

    /** The sums of the forward pass. */
    static List<Correlation.Part> forwardParts(ConvolutionShape shape) {
        return List.of(
                isPointwise(shape)
                        ? new Correlation.Part(line(1), line(LINE))
                        : new Correlation.Part(vertical(shape), horizontal(shape)));
    }

    /** The sums of the data gradient: one per pair of remainders of the position that is written. */
    static List<Correlation.Part> dataGradientParts(ConvolutionShape shape) {
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

    /** Vectors of a block of the channels that dense sums write. */
    static int blockVectors(Shape to, List<Correlation.Part> parts) {
        return Tiling.vectors(
                to.channels(), parts.stream().map(Correlation.Part::columns).toList());
    }

    /** Floats of such a block. */
    static int blockFloats(Shape to, List<Correlation.Part> parts) {
        return blockVectors(to, parts) * VectorFunctions.WIDTH;
    }
}
