package org.evonorm.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.evonorm.graph.LayerName;
import org.evonorm.network.AnchorNetworks;
import org.evonorm.network.NetworkScale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoundingTest {

    private static float[] rounded(Rounding rounding, float... values) {
        float[] result = values.clone();
        rounding.activations(result, 0, result.length);
        return result;
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1",
        "1.00390625, 1", // half way between two numbers of eight bits, of which 1 is even
        "1.01171875, 1.015625",
        "1.00390637, 1.0078125",
        "-3.1415927, -3.140625",
        "0, 0",
        "-0.0, -0.0",
        "1.4e-45, 0",
        "3.4028235e38, Infinity",
        "-Infinity, -Infinity",
        "NaN, NaN"
    })
    void bfloat16IsRoundedToNearestEven(float value, float expected) {
        assertArrayEquals(new float[] {expected}, rounded(Rounding.BFLOAT16, value));
    }

    @Test
    void bfloat16IsTheNearestOfItsNumbers() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 100_000; i++) {
            float value = Float.intBitsToFloat(random.nextInt());
            if (!Float.isFinite(value) || Math.abs(value) > 3e38) {
                continue;
            }
            float result = rounded(Rounding.BFLOAT16, value)[0];
            int bits = Float.floatToRawIntBits(result);
            assertEquals(0, bits & 0xffff, () -> value + " became " + result);
            for (int neighbour : new int[] {bits - 0x10000, bits + 0x10000}) {
                double distance = Math.abs((double) Float.intBitsToFloat(neighbour) - value);
                assertTrue(!(distance < Math.abs((double) result - value)), () -> value + " became " + result);
            }
        }
    }

    @Test
    void int8ActivationsHave256EvenStepsAndKeepZero() {
        SplittableRandom random = new SplittableRandom(2);
        for (int round = 0; round < 200; round++) {
            double scale = Math.pow(10, random.nextInt(-6, 7));
            double shift = random.nextDouble(-2, 2);
            float[] values = new float[500];
            for (int i = 1; i < values.length; i++) {
                values[i] = (float) (scale * (random.nextDouble(-1, 1) + shift));
            }
            float[] result = rounded(Rounding.INT8, values);
            double[] sorted = doubles(values).sorted().toArray();
            double step = (Math.max(0, sorted[sorted.length - 1]) - Math.min(0, sorted[0])) / 255;
            assertEquals(0, result[0]);
            assertTrue(doubles(result).distinct().count() <= 256);
            for (int i = 0; i < values.length; i++) {
                // The zero point is a whole number of steps, so that a range may end half a step early.
                assertEquals(values[i], result[i], 1.01 * step);
            }
            double meanError = IntStream.range(0, values.length)
                    .mapToDouble(i -> Math.abs(values[i] - result[i]))
                    .average()
                    .orElseThrow();
            assertEquals(step / 4, meanError, 0.05 * step);
        }
    }

    private static DoubleStream doubles(float[] values) {
        return IntStream.range(0, values.length).mapToDouble(i -> values[i]);
    }

    @Test
    void int8LeavesWhatHasNoRange() {
        for (float[] values :
                new float[][] {{0, 0}, {1, Float.NaN}, {Float.POSITIVE_INFINITY, 1}, {-3e38f, Float.NEGATIVE_INFINITY}
                }) {
            float[] result = rounded(Rounding.INT8, values);
            for (int i = 0; i < values.length; i++) {
                assertEquals(Float.isFinite(values[i]), Float.isFinite(result[i]), Arrays.toString(values));
            }
        }
    }

    @Test
    void int8WeightsHaveAScalePerOutputChannelAndVectorsStay() {
        ParameterLayout layout = ParameterLayout.of(
                AnchorNetworks.of("mobilenetv2", new NetworkScale(0.125, 0.25, NetworkScale.Variant.CIFAR), 10),
                LayerName.parse("EvoNorm-B0"));
        float[] values = layout.initialValues(3);
        float[] result = Rounding.INT8.parameters(layout, values);
        boolean someDiffer = false;
        for (Parameter parameter : layout.parameters()) {
            float[] before = slice(values, parameter);
            float[] after = slice(result, parameter);
            if (parameter.role() == Parameter.Role.VECTOR) {
                assertArrayEquals(before, after, parameter.name());
                continue;
            }
            int channels = parameter.shape().get(0)
                    * (parameter.role() == Parameter.Role.CONVOLUTION
                            ? parameter.shape().get(1)
                            : 1);
            int size = before.length / channels;
            for (int channel = 0; channel < channels; channel++) {
                int from = channel * size;
                double largest = doubles(Arrays.copyOfRange(before, from, from + size))
                        .map(Math::abs)
                        .max()
                        .orElseThrow();
                for (int i = from; i < from + size; i++) {
                    assertEquals(before[i], after[i], largest / 253, parameter.name());
                    someDiffer |= before[i] != after[i];
                }
            }
        }
        assertTrue(someDiffer);
    }

    private static float[] slice(float[] values, Parameter parameter) {
        return Arrays.copyOfRange(values, parameter.offset(), parameter.offset() + parameter.size());
    }
}
