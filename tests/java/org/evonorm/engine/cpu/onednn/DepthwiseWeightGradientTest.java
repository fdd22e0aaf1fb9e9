package org.evonorm.engine.cpu.onednn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.evonorm.engine.cpu.memory.NativeFloats;
import org.evonorm.network.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DepthwiseWeightGradientTest {

    private static final int SAMPLES = 5;

    @ParameterizedTest
    @CsvSource({
        "1, 1, 8, 1",
        "3, 3, 48, 1",
        "3, 3, 48, 2",
        "7, 5, 24, 1",
        "7, 5, 24, 2",
        "12, 12, 40, 1",
        "6, 9, 17, 2",
        "2, 2, 3, 1"
    })
    void agreesWithItsDefinition(int height, int width, int channels, int stride) {
        ConvolutionShape shape = shape(height, width, channels, stride);
        SplittableRandom random = new SplittableRandom(1);
        float[] x = gaussian(SAMPLES * shape.input().size(), random);
        float[] dy = gaussian(SAMPLES * shape.output().size(), random);
        float[] gradient = new float[channels * 25];
        try (NativeFloats input = new NativeFloats(x.length);
                NativeFloats derivative = new NativeFloats(dy.length);
                NativeFloats result = new NativeFloats(gradient.length);
                DepthwiseWeightGradient own = new DepthwiseWeightGradient(shape)) {
            input.buffer().put(0, x);
            derivative.buffer().put(0, dy);
            own.run(input, derivative, 0, 2, result);
            own.run(input, derivative, 1, SAMPLES - 1, result);
            result.buffer().get(0, gradient);
        }
        for (int c = 0; c < channels; c++) {
            for (int tap = 0; tap < 25; tap++) {
                assertEquals(expected(shape, x, dy, c, tap / 5, tap % 5), gradient[c * 25 + tap], 1e-4, c + " " + tap);
            }
        }
    }

    @Test
    void isForDepthwiseFiveByFiveAlone() {
        assertTrue(DepthwiseWeightGradient.isBetter(shape(6, 6, 8, 1), "jit:avx2"));
        assertFalse(DepthwiseWeightGradient.isBetter(shape(6, 6, 8, 1), "jit_dw:avx512_core"));
        Shape image = new Shape(6, 6, 8);
        assertFalse(DepthwiseWeightGradient.isBetter(new ConvolutionShape(image, image, 3, 1, 8, false), "jit:avx2"));
        assertFalse(DepthwiseWeightGradient.isBetter(new ConvolutionShape(image, image, 5, 1, 4, false), "jit:avx2"));
    }

    /** The sum over all samples but the first. */
    private static double expected(ConvolutionShape shape, float[] x, float[] dy, int c, int ky, int kx) {
        Shape in = shape.input();
        Shape out = shape.output();
        double sum = 0;
        for (int b = 1; b < SAMPLES; b++) {
            for (int oy = 0; oy < out.height(); oy++) {
                for (int ox = 0; ox < out.width(); ox++) {
                    int iy = oy * shape.stride() + ky - 2;
                    int ix = ox * shape.stride() + kx - 2;
                    if (iy >= 0 && iy < in.height() && ix >= 0 && ix < in.width()) {
                        sum += (double) x[((b * in.height() + iy) * in.width() + ix) * in.channels() + c]
                                * dy[((b * out.height() + oy) * out.width() + ox) * out.channels() + c];
                    }
                }
            }
        }
        return sum;
    }

    private static ConvolutionShape shape(int height, int width, int channels, int stride) {
        return new ConvolutionShape(
                new Shape(height, width, channels),
                new Shape((height + stride - 1) / stride, (width + stride - 1) / stride, channels),
                5,
                stride,
                channels,
                false);
    }

    private static float[] gaussian(int count, SplittableRandom random) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
