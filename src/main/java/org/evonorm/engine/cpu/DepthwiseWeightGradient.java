package org.evonorm.engine.cpu;

import static org.evonorm.engine.cpu.Lanes.WIDTH;
import static org.evonorm.engine.cpu.Lanes.load;
import static org.evonorm.engine.cpu.Lanes.store;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * The weight gradient of a depthwise 5×5 convolution, for which oneDNN has a slow general implementation alone: on AVX2 it
 * runs at 1 to 7 GFLOP/s, least where images are small, and the forward convolution at 40.
 *
 * <p>{@code gradient[c, ky, kx] = Σ x[b, oy · stride + ky − 2, ox · stride + kx − 2, c] · dy[b, oy, ox, c]}, vectors of
 * channels side by side. One worker's.
 */
final class DepthwiseWeightGradient {

    private static final int KERNEL = 5;

    private final ConvolutionShape shape;
    private final int channels;
    /** Room for one value a channel. */
    private final int vector;
    /** Floats of a line of the padded input. */
    private final int line;
    /** One sample's input with a margin of zeros. */
    private final float[] input;
    private final float[] outputDerivative;
    /** By tap and channel. */
    private final float[] sums;
    private final float[] plain;

    DepthwiseWeightGradient(ConvolutionShape shape) {
        this.shape = shape;
        this.channels = shape.input().channels();
        this.vector = TileShape.padded(channels);
        this.line = (shape.input().width() + 2 * shape.padding()) * channels;
        // Vectors may reach past the last channel of the last pixel.
        this.input = new float[line * (shape.input().height() + 2 * shape.padding()) + WIDTH];
        this.outputDerivative = new float[shape.output().size() + WIDTH];
        this.sums = new float[KERNEL * KERNEL * vector];
        this.plain = new float[channels * KERNEL * KERNEL];
    }

    /** Whether it does better than oneDNN's implementation of this name. */
    static boolean isBetter(ConvolutionShape shape, String implementation) {
        boolean depthwise = shape.groups() == shape.input().channels() && shape.groups() == shape.output().channels();
        return depthwise && shape.kernel() == KERNEL && !implementation.contains("dw");
    }

    /**
     * The gradient over some samples.
     *
     * @param gradient [C, 1, 1, 5, 5], overwritten
     */
    void run(Floats x, Floats dy, int firstSample, int samples, Floats gradient) {
        Arrays.fill(sums, 0f);
        for (int sample = firstSample; sample < firstSample + samples; sample++) {
            copyInput(x, sample);
            dy.buffer().get(sample * shape.output().size(), outputDerivative, 0, shape.output().size());
            for (int c = 0; c < channels; c += WIDTH) {
                for (int row = 0; row < KERNEL; row++) {
                    addRow(row, c);
                }
            }
        }
        for (int tap = 0; tap < KERNEL * KERNEL; tap++) {
            for (int c = 0; c < channels; c++) {
                plain[c * KERNEL * KERNEL + tap] = sums[tap * vector + c];
            }
        }
        gradient.buffer().put(0, plain);
    }

    private void copyInput(Floats x, int sample) {
        int size = shape.input().width() * channels;
        int from = sample * shape.input().size();
        int to = shape.padding() * (line + channels);
        for (int y = 0; y < shape.input().height(); y++) {
            x.buffer().get(from + y * size, input, to + y * line, size);
        }
    }

    /** Adds one sample's share of a row of the kernel, for one vector of channels. */
    private void addRow(int row, int c) {
        int size = shape.output().width() * channels;
        int step = shape.stride() * channels;
        for (int y = 0; y < shape.output().height(); y++) {
            addLine(sums, row * KERNEL * vector + c, vector, input, (y * shape.stride() + row) * line + c, step,
                    outputDerivative, y * size + c, (y + 1) * size, channels);
        }
    }

    /**
     * Adds one line of pixels to one row of the kernel, for one vector of channels. The sums are loaded and stored for each
     * line: carried through a second loop around this one, the JVM's compiler would keep them in memory all the time.
     */
    private static void addLine(float[] sums, int at, int vector, float[] input, int x, int step,
                                float[] outputDerivative, int d, int end, int channels) {
        FloatVector s0 = load(sums, at);
        FloatVector s1 = load(sums, at + vector);
        FloatVector s2 = load(sums, at + 2 * vector);
        FloatVector s3 = load(sums, at + 3 * vector);
        FloatVector s4 = load(sums, at + 4 * vector);
        int i = x;
        for (int o = d; o < end; o += channels) {
            FloatVector dy = load(outputDerivative, o);
            s0 = load(input, i).fma(dy, s0);
            s1 = load(input, i + channels).fma(dy, s1);
            s2 = load(input, i + 2 * channels).fma(dy, s2);
            s3 = load(input, i + 3 * channels).fma(dy, s3);
            s4 = load(input, i + 4 * channels).fma(dy, s4);
            i += step;
        }
        store(s0, sums, at);
        store(s1, sums, at + vector);
        store(s2, sums, at + 2 * vector);
        store(s3, sums, at + 3 * vector);
        store(s4, sums, at + 4 * vector);
    }
}
