package org.evonorm.engine.cpu.step;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.SplittableRandom;
import org.evonorm.engine.cpu.memory.NativeFloats;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SoftmaxDerivativeTest {

    private static final float BEHIND = 7;

    /** Rows in several chunks of which the last is shorter, rows longer than a chunk, and single ones. */
    @ParameterizedTest
    @CsvSource({"300, 70", "3, 5000", "1, 1", "1, 4096", "4097, 1", "2, 4095"})
    void equalsTheSlopeOfTheSoftmax(int rows, int columns) {
        SplittableRandom random = new SplittableRandom(rows);
        float[] probabilities = new float[rows * columns];
        float[] derivatives = new float[rows * columns];
        double[] expected = new double[rows * columns];
        for (int from = 0; from < probabilities.length; from += columns) {
            double sum = 0;
            for (int i = from; i < from + columns; i++) {
                probabilities[i] = (float) Math.exp(random.nextGaussian());
                derivatives[i] = (float) random.nextGaussian();
                sum += probabilities[i];
            }
            double mean = 0;
            for (int i = from; i < from + columns; i++) {
                probabilities[i] = (float) (probabilities[i] / sum);
                mean += (double) probabilities[i] * derivatives[i];
            }
            for (int i = from; i < from + columns; i++) {
                expected[i] = probabilities[i] * (derivatives[i] - mean);
            }
        }
        try (NativeFloats probability = new NativeFloats(probabilities.length);
                NativeFloats derivative = new NativeFloats(derivatives.length + 1)) {
            probability.buffer().put(0, probabilities);
            derivative.buffer().put(0, derivatives).put(derivatives.length, BEHIND);
            new SoftmaxDerivative(rows, columns).overwrite(derivative, probability);
            for (int i = 0; i < expected.length; i++) {
                assertEquals(expected[i], derivative.buffer().get(i), 1e-6 * probabilities[i] + 1e-12, "value " + i);
            }
            assertEquals(BEHIND, derivative.buffer().get(derivatives.length), "scratch memory behind the matrix");
        }
    }
}
