package org.evonorm.engine.cpu.onednn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;
import org.evonorm.engine.cpu.memory.NativeFloats;
import org.evonorm.network.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PointwiseProductTest {

    @ParameterizedTest
    @CsvSource({
        "1, 1, 1, 1",
        "2, 3, 5, 7",
        "3, 6, 16, 96",
        "1, 24, 96, 16",
        "5, 3, 160, 1280",
        "2, 1, 17, 1",
        "4, 12, 1, 33"
    })
    void agreesWithItsDefinitionWhateverTheContentsOfMemory(int samples, int size, int inputs, int outputs) {
        ConvolutionShape shape = shape(size, inputs, outputs, 1, 1, false);
        PointwiseProduct product = PointwiseProduct.of(shape, samples);
        int pixels = samples * size * size;
        SplittableRandom random = new SplittableRandom(pixels);
        try (NativeFloats x = gaussian(pixels * inputs, random);
                NativeFloats dy = gaussian(pixels * outputs, random);
                NativeFloats weights = gaussian(outputs * inputs, random);
                NativeFloats y = poisoned(pixels * outputs);
                NativeFloats dx = poisoned(pixels * inputs);
                NativeFloats gradient = poisoned(outputs * inputs)) {
            product.forward(x.at(0), weights.at(0), y.at(0));
            product.dataGradient(dy.at(0), weights.at(0), dx.at(0));
            product.weightGradient(x.at(0), dy.at(0), gradient.at(0));
            for (int trial = 0; trial < 300; trial++) {
                int p = random.nextInt(pixels);
                int i = random.nextInt(inputs);
                int o = random.nextInt(outputs);
                assertSum(inputs, x, k -> p * inputs + k, weights, k -> o * inputs + k, y, p * outputs + o);
                assertSum(outputs, dy, k -> p * outputs + k, weights, k -> k * inputs + i, dx, p * inputs + i);
                assertSum(pixels, dy, k -> k * outputs + o, x, k -> k * inputs + i, gradient, o * inputs + i);
            }
        }
    }

    @Test
    void isForDensePointwiseConvolutionsOfStrideOneOnAvx2Alone() {
        assertTrue(PointwiseProduct.isBetter(shape(6, 8, 16, 1, 1, false), "jit_1x1:avx2"));
        assertTrue(PointwiseProduct.isBetter(shape(6, 8, 16, 1, 1, false), "brg_conv_bwd:avx2+brgconv_1x1:avx2"));
        assertFalse(PointwiseProduct.isBetter(shape(6, 8, 16, 1, 1, false), "brgconv_1x1:avx512_core"));
        assertFalse(PointwiseProduct.isBetter(shape(6, 8, 16, 1, 2, false), "jit_1x1:avx2"));
        assertFalse(PointwiseProduct.isBetter(shape(6, 8, 16, 3, 1, false), "jit:avx2"));
        assertFalse(PointwiseProduct.isBetter(shape(1, 8, 16, 1, 1, true), "jit_1x1:avx2"));
        Shape image = new Shape(6, 6, 8);
        assertFalse(PointwiseProduct.isBetter(new ConvolutionShape(image, image, 1, 1, 8, false), "jit_1x1:avx2"));
    }

    private static void assertSum(
            int terms,
            NativeFloats a,
            IntUnaryOperator indexInA,
            NativeFloats b,
            IntUnaryOperator indexInB,
            NativeFloats result,
            int at) {
        double sum = 0;
        double size = 0;
        for (int k = 0; k < terms; k++) {
            double term =
                    (double) a.buffer().get(indexInA.applyAsInt(k)) * b.buffer().get(indexInB.applyAsInt(k));
            sum += term;
            size += Math.abs(term);
        }
        assertEquals(sum, result.buffer().get(at), 1e-6 * size);
    }

    private static ConvolutionShape shape(int size, int inputs, int outputs, int kernel, int stride, boolean hasBias) {
        int reduced = (size + stride - 1) / stride;
        return new ConvolutionShape(
                new Shape(size, size, inputs), new Shape(reduced, reduced, outputs), kernel, stride, 1, hasBias);
    }

    private static NativeFloats gaussian(int count, SplittableRandom random) {
        NativeFloats floats = new NativeFloats(count);
        for (int i = 0; i < count; i++) {
            floats.buffer().put(i, (float) random.nextGaussian());
        }
        return floats;
    }

    private static NativeFloats poisoned(int count) {
        NativeFloats floats = new NativeFloats(count);
        floats.fill(Float.NaN);
        return floats;
    }
}
