package org.evonorm.engine.cpu.tile;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.SplittableRandom;
import org.evonorm.engine.cpu.memory.NativeFloats;
import org.evonorm.engine.cpu.memory.Slices;
import org.evonorm.engine.cpu.memory.Tensor;
import org.evonorm.network.Shape;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Compares {@link AreaMath} with its definition on both back ends, for rows of whole vectors and for other rows. */
class AreaMathTest {

    private static final int BATCH = 3;

    private final SplittableRandom random = new SplittableRandom(1);

    @ParameterizedTest
    @CsvSource({
        "true, 24, 48, false",
        "true, 24, 48, true",
        "true, 3, 7, true",
        "true, 1, 1, false",
        "false, 24, 48, false",
        "false, 24, 48, true",
        "false, 3, 7, true",
        "false, 1, 1, false"
    })
    void agreesWithItsDefinition(boolean compiled, int side, int channels, boolean accumulate) {
        int area = side * side;
        Slices slices = new Slices(BATCH, 1);
        try (PassBackend backend = compiled ? new CompiledBackend() : new KernelBackend();
                NativeFloats a = gaussian(area * channels);
                NativeFloats b = gaussian(area * channels);
                NativeFloats gate = gaussian(channels);
                NativeFloats wide = gaussian(area * channels);
                NativeFloats narrow = gaussian(channels)) {
            Tensor large = new Tensor(a, new Shape(side, side, channels));
            Tensor other = new Tensor(b, large.shape());
            Tensor planes = new Tensor(gate, new Shape(1, 1, channels));
            Tensor out = new Tensor(wide, large.shape());
            Tensor small = new Tensor(narrow, planes.shape());
            AreaMath math = AreaMath.of(large, slices, new PassBackend[] {backend})[0];
            float share = accumulate ? 1 : 0;
            float[] x = contents(a);
            float[] y = contents(b);
            float[] gates = contents(gate);

            float[] before = contents(narrow);
            math.sumOfProducts(small, large, other, accumulate);
            for (int i = 0; i < before.length; i++) {
                double sum = share * before[i];
                for (int p = 0; p < area; p++) {
                    int at = (i / channels * area + p) * channels + i % channels;
                    sum += (double) x[at] * y[at];
                }
                assertEquals(sum, contents(narrow)[i], 1e-3);
            }
            math.mean(small, large);
            for (int i = 0; i < before.length; i++) {
                double sum = 0;
                for (int p = 0; p < area; p++) {
                    sum += x[(i / channels * area + p) * channels + i % channels];
                }
                assertEquals(sum / area, contents(narrow)[i], 1e-5);
            }
            float[] present = contents(wide);
            math.scale(out, large, planes, accumulate);
            float[] scaled = contents(wide);
            math.spread(out, planes, accumulate);
            float[] spread = contents(wide);
            for (int i = 0; i < present.length; i++) {
                float plane = gates[i / (area * channels) * channels + i % channels];
                assertEquals(share * present[i] + x[i] * plane, scaled[i], 1e-5);
                assertEquals(share * scaled[i] + plane / area, spread[i], 1e-5);
            }
        }
    }

    private NativeFloats gaussian(int size) {
        NativeFloats floats = new NativeFloats((long) BATCH * size);
        for (int i = 0; i < floats.size(); i++) {
            floats.buffer().put(i, (float) random.nextGaussian());
        }
        return floats;
    }

    private static float[] contents(NativeFloats floats) {
        float[] values = new float[floats.size()];
        floats.buffer().get(0, values);
        return values;
    }
}
