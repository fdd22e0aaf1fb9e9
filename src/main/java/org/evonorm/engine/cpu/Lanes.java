package org.evonorm.engine.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Functions of single vectors: what kernels compute, and what {@link VectorIr} writes for compiled loops. Exponentials and
 * logarithms are polynomials and rational functions with errors of a few units in the last place (about 3e-7 relative).
 * Infinities and NaN come out as they would from the exact functions.
 */
final class Lanes {

    static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    static final int WIDTH = SPECIES.length();

    static final float EPSILON = (float) org.evonorm.graph.LayerGraph.EPSILON;
    static final int SIGN_BIT = 0x80000000;
    static final float LOG2_E = 1.44269504f;
    static final float LN2_HIGH = 0.693359375f;
    static final float LN2_LOW = -2.12194440e-4f;
    /** Adding 1.5 · 2^23 leaves the nearest integer in the low bits of a float. */
    static final float ROUNDER = 12582912f;
    static final float EXP_OVERFLOW = 88.72283f;
    static final float EXP_UNDERFLOW = -87.33654f;
    static final int SQRT_HALF_BITS = 0x3f3504f3;
    /** Where the sigmoid is 1e-38 from 0 or from 1. */
    static final float SIGMOID_SATURATION = 87.3f;
    static final float TANH_SATURATION = 7.9053111f;

    // Coefficients of polynomials, that of the highest power first.
    static final float[] EXP_POLYNOMIAL = {1.9875691500e-4f, 1.3981999507e-3f, 8.3334519073e-3f, 4.1665795894e-2f,
        1.6666665459e-1f, 5.0000001201e-1f};
    static final float[] TANH_NUMERATOR = {-2.76076847742355e-16f, 2.00018790482477e-13f, -8.60467152213735e-11f,
        5.12229709037114e-08f, 1.48572235717979e-05f, 6.37261928875436e-04f, 4.89352455891786e-03f};
    static final float[] TANH_DENOMINATOR = {1.19825839466702e-06f, 1.18534705686654e-04f, 2.26843463243900e-03f,
        4.89352518554385e-03f};
    static final float[] LOG_POLYNOMIAL = {7.0376836292e-2f, -1.1514610310e-1f, 1.1676998740e-1f, -1.2420140846e-1f,
        1.4249322787e-1f, -1.6668057665e-1f, 2.0000714765e-1f, -2.4999993993e-1f, 3.3333331174e-1f};

    private Lanes() {}

    /** {@code values[index..index+WIDTH)} */
    static FloatVector load(float[] values, int index) {
        return FloatVector.fromArray(SPECIES, values, index);
    }

    /** Sets {@code values[index..index+WIDTH)}. */
    static void store(FloatVector vector, float[] values, int index) {
        vector.intoArray(values, index);
    }

    static FloatVector add(FloatVector a, FloatVector b) {
        return a.add(b);
    }

    static FloatVector sub(FloatVector a, FloatVector b) {
        return a.sub(b);
    }

    static FloatVector mul(FloatVector a, FloatVector b) {
        return a.mul(b);
    }

    /** The larger one, NaN if either is; of zeros any. */
    static FloatVector max(FloatVector a, FloatVector b) {
        return b.blend(a, a.compare(VectorOperators.GT, b).or(a.test(VectorOperators.IS_NAN)));
    }

    static FloatVector neg(FloatVector a) {
        return a.neg();
    }

    static FloatVector square(FloatVector a) {
        return a.mul(a);
    }

    static FloatVector abs(FloatVector a) {
        return a.abs();
    }

    /** sqrt(a + eps) */
    static FloatVector root(FloatVector a) {
        return a.add(EPSILON).sqrt();
    }

    /** 1 / a */
    static FloatVector inverse(FloatVector a) {
        return FloatVector.broadcast(SPECIES, 1f).div(a);
    }

    /** 1 / (|a| + eps) */
    static FloatVector logSlope(FloatVector a) {
        return FloatVector.broadcast(SPECIES, 1f).div(a.abs().add(EPSILON));
    }

    /** 1 / (2 sqrt(|a| + eps)) */
    static FloatVector sqrtSlope(FloatVector a) {
        return FloatVector.broadcast(SPECIES, 0.5f).div(a.abs().add(EPSILON).sqrt());
    }

    /** c where a ≥ b, else 0 */
    static FloatVector gate(FloatVector a, FloatVector b, FloatVector c) {
        return FloatVector.zero(SPECIES).blend(c, a.compare(VectorOperators.GE, b));
    }

    /** c where a < b, else 0 */
    static FloatVector gateLess(FloatVector a, FloatVector b, FloatVector c) {
        return FloatVector.zero(SPECIES).blend(c, a.compare(VectorOperators.LT, b));
    }

    /** a · b + c, rounded once */
    static FloatVector multiplyAdd(FloatVector a, FloatVector b, FloatVector c) {
        return a.fma(b, c);
    }

    /** a · b − c, rounded once */
    static FloatVector multiplySubtract(FloatVector a, FloatVector b, FloatVector c) {
        return a.fma(b, c.neg());
    }

    /** c − a · b, rounded once */
    static FloatVector subtractProduct(FloatVector a, FloatVector b, FloatVector c) {
        return a.neg().fma(b, c);
    }

    static FloatVector exp(FloatVector x) {
        FloatVector result = finiteExp(x);
        result = result.blend(Float.POSITIVE_INFINITY, x.compare(VectorOperators.GT, EXP_OVERFLOW));
        return result.blend(0f, x.compare(VectorOperators.LT, EXP_UNDERFLOW));
    }

    /** The exponential where it neither overflows nor underflows. */
    private static FloatVector finiteExp(FloatVector x) {
        FloatVector shifted = x.fma(FloatVector.broadcast(SPECIES, LOG2_E), FloatVector.broadcast(SPECIES, ROUNDER));
        FloatVector k = shifted.sub(ROUNDER);
        FloatVector r = k.fma(FloatVector.broadcast(SPECIES, -LN2_HIGH), x);
        r = k.fma(FloatVector.broadcast(SPECIES, -LN2_LOW), r);
        FloatVector p = polynomial(r, EXP_POLYNOMIAL);
        p = p.fma(r.mul(r), r).add(1f);
        IntVector exponent = shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23);
        return p.reinterpretAsInts().add(exponent).reinterpretAsFloats();
    }

    static FloatVector sigmoid(FloatVector x) {
        return FloatVector.broadcast(SPECIES, 1f).div(finiteExp(clamp(x.neg(), SIGMOID_SATURATION)).add(1f));
    }

    /** Between ± bound; NaN stays NaN. */
    private static FloatVector clamp(FloatVector x, float bound) {
        FloatVector t = x.blend(bound, x.compare(VectorOperators.GT, bound));
        return t.blend(-bound, t.compare(VectorOperators.LT, -bound));
    }

    static FloatVector tanh(FloatVector x) {
        FloatVector t = clamp(x, TANH_SATURATION);
        FloatVector square = t.mul(t);
        FloatVector p = polynomial(square, TANH_NUMERATOR);
        FloatVector q = polynomial(square, TANH_DENOMINATOR);
        return t.mul(p).div(q);
    }

    /** sign(a) · ln(|a| + eps) */
    static FloatVector signedLog(FloatVector a) {
        FloatVector m = a.abs().add(EPSILON);
        IntVector bits = m.reinterpretAsInts();
        IntVector exponent = bits.sub(SQRT_HALF_BITS).lanewise(VectorOperators.ASHR, 23);
        FloatVector f = bits.sub(exponent.lanewise(VectorOperators.LSHL, 23)).reinterpretAsFloats().sub(1f);
        FloatVector e = (FloatVector) exponent.convert(VectorOperators.I2F, 0);
        FloatVector p = polynomial(f, LOG_POLYNOMIAL);
        FloatVector square = f.mul(f);
        FloatVector tail = p.mul(f).mul(square);
        tail = e.fma(FloatVector.broadcast(SPECIES, LN2_LOW), tail);
        tail = square.fma(FloatVector.broadcast(SPECIES, -0.5f), tail);
        FloatVector log = e.fma(FloatVector.broadcast(SPECIES, LN2_HIGH), f.add(tail));
        log = log.blend(m, m.compare(VectorOperators.LT, Float.POSITIVE_INFINITY).not());
        return withSignOf(a, log);
    }

    /** sign(a) · sqrt(|a| + eps) */
    static FloatVector signedSqrt(FloatVector a) {
        return withSignOf(a, a.abs().add(EPSILON).sqrt());
    }

    /** 1 / (a + copysign(eps, a)); zeros of either sign count as positive. */
    static FloatVector reciprocal(FloatVector a) {
        // Adding 0 turns −0 into +0.
        IntVector sign = a.add(0f).reinterpretAsInts().and(SIGN_BIT);
        FloatVector epsilon = sign.or(Float.floatToRawIntBits(EPSILON)).reinterpretAsFloats();
        return FloatVector.broadcast(SPECIES, 1f).div(a.add(epsilon));
    }

    /** By Horner's scheme. */
    private static FloatVector polynomial(FloatVector x, float[] coefficients) {
        FloatVector p = FloatVector.broadcast(SPECIES, coefficients[0]);
        for (int i = 1; i < coefficients.length; i++) {
            p = p.fma(x, FloatVector.broadcast(SPECIES, coefficients[i]));
        }
        return p;
    }

    /** sign(a) · value, 0 at 0. */
    private static FloatVector withSignOf(FloatVector a, FloatVector value) {
        IntVector sign = a.reinterpretAsInts().and(SIGN_BIT);
        // An exclusive or, since logarithms have signs of their own.
        FloatVector signed = value.reinterpretAsInts().lanewise(VectorOperators.XOR, sign).reinterpretAsFloats();
        return signed.blend(0f, a.compare(VectorOperators.EQ, 0f));
    }

    /** −1, 0 or 1. */
    static FloatVector sign(FloatVector a) {
        return withSignOf(a, FloatVector.broadcast(SPECIES, 1f));
    }
}
