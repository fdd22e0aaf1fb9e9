package org.evonorm.engine.cpu.onednn;

import static org.evonorm.engine.cpu.memory.TestTensors.gaussian;
import static org.evonorm.engine.cpu.memory.TestTensors.poisoned;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;
import org.evonorm.engine.cpu.memory.NativeFloats;
import org.evonorm.engine.cpu.vector.VectorFunctions;
import org.evonorm.network.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PointwiseGradientTest {

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
        PointwiseGradient product = PointwiseGradient.of(shape(size, inputs, outputs, 1, 1, 1), samples);
        int pixels = samples * size * size;
        SplittableRandom random = new SplittableRandom(pixels);
        try (NativeFloats x = gaussian(pixels * inputs, random);
                NativeFloats dy = gaussian(pixels * outputs, random);
                NativeFloats gradient = poisoned(outputs * inputs)) {
            product.run(x.at(0), dy.at(0), gradient.at(0));
            for (int trial = 0; trial < 300; trial++) {
                int i = random.nextInt(inputs);
                int o = random.nextInt(outputs);
                assertSum(pixels, dy, k -> k * outputs + o, x, k -> k * inputs + i, gradient, o * inputs + i);
            }
        }
    }

    @Test
    void isForManyWeightsOfDensePointwiseConvolutionsOfStrideOne() {
        assertEquals(VectorFunctions.WIDTH == 8, PointwiseGradient.isBetter(shape(6, 513, 512, 1, 1, 1)));
        assertFalse(PointwiseGradient.isBetter(shape(6, 512, 512, 1, 1, 1)));
        assertFalse(PointwiseGradient.isBetter(shape(6, 513, 512, 1, 2, 1)));
        assertFalse(PointwiseGradient.isBetter(shape(6, 513, 512, 3, 1, 1)));
        assertFalse(PointwiseGradient.isBetter(shape(6, 1024, 1024, 1, 1, 2)));
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

    private static ConvolutionShape shape(int size, int inputs, int outputs, int kernel, int stride, int groups) {
        int reduced = (size + stride - 1) / stride;
        return new ConvolutionShape(
                new Shape(size, size, inputs), new Shape(reduced, reduced, outputs), kernel, stride, groups, false);
    }
}
