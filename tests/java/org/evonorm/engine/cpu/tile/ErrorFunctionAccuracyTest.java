package org.evonorm.engine.cpu.tile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.apache.commons.math3.special.Erf;
import org.evonorm.engine.cpu.LayerRun;
import org.evonorm.graph.Formula;
import org.evonorm.graph.Layer;
import org.evonorm.graph.TensorShape;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** erf of floats of every magnitude, on both back ends, against Commons Math in float64. */
class ErrorFunctionAccuracyTest {

    private static final TensorShape SHAPE = new TensorShape(1, 256, 64, 16);
    private static final Layer ERF = Formula.parse("erf(x) | no affine");
    private static final float[] X = new float[SHAPE.size()];
    private static final float[] ONES = new float[SHAPE.size()];
    private static LayerRun kernels;
    private static LayerRun compiled;

    @BeforeAll
    static void run() {
        Arrays.fill(ONES, 1);
        // Bit patterns at equal distances, so that every exponent has its share, and half of all between -8 and 8.
        for (int i = 0; i < X.length; i++) {
            X[i] = i % 2 == 0 ? magnitude(i * (0x1p32 / X.length)) : (float) (16.0 * i / X.length - 8);
        }
        float[] special = {
            0f,
            -0f,
            Float.MIN_VALUE,
            -Float.MIN_VALUE,
            Float.MIN_NORMAL,
            3.92f,
            -3.92f,
            3.9199998f,
            Float.MAX_VALUE,
            Float.POSITIVE_INFINITY,
            Float.NEGATIVE_INFINITY,
            Float.NaN
        };
        System.arraycopy(special, 0, X, 0, special.length);
        var vectors = ERF.vectors().initial(SHAPE.channels());
        kernels = LayerRun.training(ERF, SHAPE, X, vectors, ONES, 1, KernelBackend::new);
        compiled = LayerRun.training(ERF, SHAPE, X, vectors, ONES, 1, CompiledBackend::new);
    }

    private static float magnitude(double bits) {
        float value = Float.intBitsToFloat((int) (long) bits);
        // The NaN of arithmetic.
        return Float.isNaN(value) ? Float.NaN : value;
    }

    @Test
    void bothBackEndsGiveTheSameBits() {
        assertArrayEquals(bits(kernels.output()), bits(compiled.output()));
        assertArrayEquals(bits(kernels.dx()), bits(compiled.dx()));
    }

    private static int[] bits(float[] values) {
        int[] bits = new int[values.length];
        // NaN is one value here: its bits are not the program's.
        Arrays.setAll(bits, i -> Float.floatToIntBits(values[i]));
        return bits;
    }

    @Test
    void valuesErrByAFewUnitsInTheLastPlace() {
        double largest = 0;
        for (int i = 0; i < X.length; i++) {
            float y = kernels.output()[i];
            if (Float.isNaN(X[i])) {
                assertTrue(Float.isNaN(y));
                continue;
            }
            double expected = Float.isInfinite(X[i]) ? Math.signum(X[i]) : erf(X[i]);
            double spacing = Math.abs(expected) < Float.MIN_NORMAL ? Float.MIN_VALUE : 3.5e-7 * Math.abs(expected);
            assertEquals(expected, y, spacing, "erf " + X[i]);
            assertTrue(Math.abs(y) <= 1, "erf " + X[i]);
            assertEquals(Math.copySign(1, X[i]), Math.copySign(1, y), "erf " + X[i]);
            if (Math.abs(expected) >= Float.MIN_NORMAL) {
                largest = Math.max(largest, Math.abs(y - expected) / Math.abs(expected));
            }
        }
        assertTrue(largest > 1e-8, "nothing was compared");
    }

    /** Commons Math has fewer digits of tiny values. */
    private static double erf(double x) {
        return Math.abs(x) < 1e-6 ? 2 / Math.sqrt(Math.PI) * x : Erf.erf(x);
    }

    @Test
    void farFromZeroTheValueIsOne() {
        for (int i = 0; i < X.length; i++) {
            if (Math.abs(X[i]) >= 3.92f) {
                assertEquals(Math.signum(X[i]), kernels.output()[i], "erf " + X[i]);
            }
        }
    }

    /** The exponent's rounding error grows with its size. */
    @Test
    void slopesErrAsTheExponentialOfARoundedSquareDoes() {
        for (int i = 0; i < X.length; i++) {
            double square = (double) X[i] * X[i];
            double expected = 2 / Math.sqrt(Math.PI) * Math.exp(-square);
            float slope = kernels.dx()[i];
            if (Float.isNaN(X[i])) {
                assertTrue(Float.isNaN(slope));
            } else if (square > 87.33) {
                assertEquals(expected, slope, 1.5e-38, "at " + X[i]);
            } else {
                assertEquals(expected, slope, (4e-7 + 1e-7 * square) * expected + 1.5e-38, "at " + X[i]);
            }
        }
    }
}
