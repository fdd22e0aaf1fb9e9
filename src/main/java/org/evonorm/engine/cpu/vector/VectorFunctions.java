package org.evonorm.engine.cpu.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.evonorm.engine.llvm.VectorIr;
import org.evonorm.engine.pass.ElementaryFunctions;
import org.evonorm.engine.pass.ElementaryFunctions.Polynomial;

/**
 * Functions of single vectors of Java's Vector API. Kernels compute them; {@link VectorIr} writes the same functions
 * for compiled loops. exp, tanh, sigmoid, erf and the logarithm are the approximations of {@link ElementaryFunctions},
 * with errors of a few units in the last place (about 3e-7 relative). Infinities and NaN give the results of the exact
 * functions, but for the ends of tanh (±0.99999976) and the lower end of the sigmoid (1.2e-38), where arguments are
 * clamped.
 */
public final class VectorFunctions {

    /** The widest vectors of floats that this processor supports. */
    public static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    /** Floats per vector. */
    public static final int WIDTH = SPECIES.length();

    private VectorFunctions() {}

    /** {@code count}, rounded up to a multiple of the vector width. */
    public static int padded(int count) {
        return (count + WIDTH - 1) / WIDTH * WIDTH;
    }

    /** {@code values[index..index+WIDTH)} */
    public static FloatVector load(float[] values, int index) {
        return FloatVector.fromArray(SPECIES, values, index);
    }

    /** Sets {@code values[index..index+WIDTH)}. */
    public static void store(FloatVector vector, float[] values, int index) {
        vector.intoArray(values, index);
    }

    public static FloatVector add(FloatVector a, FloatVector b) {
        return a.add(b);
    }

    public static FloatVector sub(FloatVector a, FloatVector b) {
        return a.sub(b);
    }

    public static FloatVector mul(FloatVector a, FloatVector b) {
        return a.mul(b);
    }

    /**
     * The larger of a and b; NaN if either is NaN; b where the two are equal, which shows in the sign of zeros alone.
     */
    public static FloatVector max(FloatVector a, FloatVector b) {
        return b.blend(a, a.compare(VectorOperators.GT, b).or(a.test(VectorOperators.IS_NAN)));
    }

    public static FloatVector neg(FloatVector a) {
        return a.neg();
    }

    public static FloatVector square(FloatVector a) {
        return a.mul(a);
    }

    public static FloatVector abs(FloatVector a) {
        return a.abs();
    }

    /** sqrt(a + eps) */
    public static FloatVector root(FloatVector a) {
        return a.add(ElementaryFunctions.EPSILON).sqrt();
    }

    /** 1 / a */
    public static FloatVector inverse(FloatVector a) {
        return FloatVector.broadcast(SPECIES, 1f).div(a);
    }

    /** 1 / (|a| + eps) */
    public static FloatVector logSlope(FloatVector a) {
        return FloatVector.broadcast(SPECIES, 1f).div(a.abs().add(ElementaryFunctions.EPSILON));
    }

    /** 1 / (2 sqrt(|a| + eps)) */
    public static FloatVector sqrtSlope(FloatVector a) {
        return FloatVector.broadcast(SPECIES, 0.5f)
                .div(a.abs().add(ElementaryFunctions.EPSILON).sqrt());
    }

    /** c where a ≥ b, else 0 */
    public static FloatVector gate(FloatVector a, FloatVector b, FloatVector c) {
        return FloatVector.zero(SPECIES).blend(c, a.compare(VectorOperators.GE, b));
    }

    /** c where {@literal a < b}, else 0 */
    public static FloatVector gateLess(FloatVector a, FloatVector b, FloatVector c) {
        return FloatVector.zero(SPECIES).blend(c, a.compare(VectorOperators.LT, b));
    }

    /** a · b + c, rounded once */
    public static FloatVector multiplyAdd(FloatVector a, FloatVector b, FloatVector c) {
        return a.fma(b, c);
    }

    /** a · b − c, rounded once */
    public static FloatVector multiplySubtract(FloatVector a, FloatVector b, FloatVector c) {
        return a.fma(b, c.neg());
    }

    /** c − a · b, rounded once */
    public static FloatVector subtractProduct(FloatVector a, FloatVector b, FloatVector c) {
        return a.neg().fma(b, c);
    }

    /** exp x: infinite above and 0 below the range of normal floats. */
    public static FloatVector exp(FloatVector x) {
        FloatVector result = finiteExp(x);
        result = result.blend(Float.POSITIVE_INFINITY, x.compare(VectorOperators.GT, ElementaryFunctions.EXP_OVERFLOW));
        return result.blend(0f, x.compare(VectorOperators.LT, ElementaryFunctions.EXP_UNDERFLOW));
    }

    /**
     * exp x, for arguments between {@link ElementaryFunctions#EXP_UNDERFLOW} and
     * {@link ElementaryFunctions#EXP_OVERFLOW}: x = k · ln 2 + r, exp x = 2^k · exp r.
     */
    private static FloatVector finiteExp(FloatVector x) {
        FloatVector shifted = x.fma(
                FloatVector.broadcast(SPECIES, ElementaryFunctions.LOG2_E),
                FloatVector.broadcast(SPECIES, ElementaryFunctions.ROUNDER));
        FloatVector k = shifted.sub(ElementaryFunctions.ROUNDER);
        FloatVector r = k.fma(FloatVector.broadcast(SPECIES, -ElementaryFunctions.LN2_HIGH), x);
        r = k.fma(FloatVector.broadcast(SPECIES, -ElementaryFunctions.LN2_LOW), r);
        FloatVector p = polynomial(r, ElementaryFunctions.EXP);
        p = p.fma(r.mul(r), r).add(1f);
        IntVector exponent = shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23);
        return p.reinterpretAsInts().add(exponent).reinterpretAsFloats();
    }

    /** 1 / (1 + exp(−x)) */
    public static FloatVector sigmoid(FloatVector x) {
        return FloatVector.broadcast(SPECIES, 1f)
                .div(finiteExp(clamp(x.neg(), ElementaryFunctions.SIGMOID_SATURATION))
                        .add(1f));
    }

    /** x between −bound and bound; NaN stays NaN. */
    private static FloatVector clamp(FloatVector x, float bound) {
        FloatVector t = x.blend(bound, x.compare(VectorOperators.GT, bound));
        return t.blend(-bound, t.compare(VectorOperators.LT, -bound));
    }

    /** tanh x */
    public static FloatVector tanh(FloatVector x) {
        FloatVector t = clamp(x, ElementaryFunctions.TANH_SATURATION);
        FloatVector square = t.mul(t);
        FloatVector p = polynomial(square, ElementaryFunctions.TANH_NUMERATOR);
        FloatVector q = polynomial(square, ElementaryFunctions.TANH_DENOMINATOR);
        return t.mul(p).div(q);
    }

    /** erf x, within ±1 */
    public static FloatVector erf(FloatVector x) {
        FloatVector t = clamp(x, ElementaryFunctions.ERF_SATURATION);
        FloatVector square = t.mul(t);
        FloatVector p = polynomial(square, ElementaryFunctions.ERF_NUMERATOR);
        FloatVector q = polynomial(square, ElementaryFunctions.ERF_DENOMINATOR);
        return clamp(t.mul(p).div(q), 1f);
    }

    /** sign(a) · ln(|a| + eps) */
    public static FloatVector signedLog(FloatVector a) {
        FloatVector m = a.abs().add(ElementaryFunctions.EPSILON);
        IntVector bits = m.reinterpretAsInts();
        IntVector exponent = bits.sub(ElementaryFunctions.SQRT_HALF_BITS).lanewise(VectorOperators.ASHR, 23);
        FloatVector f = bits.sub(exponent.lanewise(VectorOperators.LSHL, 23))
                .reinterpretAsFloats()
                .sub(1f);
        FloatVector e = (FloatVector) exponent.convert(VectorOperators.I2F, 0);
        FloatVector p = polynomial(f, ElementaryFunctions.LOG);
        FloatVector square = f.mul(f);
        FloatVector tail = p.mul(f).mul(square);
        tail = e.fma(FloatVector.broadcast(SPECIES, ElementaryFunctions.LN2_LOW), tail);
        tail = square.fma(FloatVector.broadcast(SPECIES, -0.5f), tail);
        FloatVector log = e.fma(FloatVector.broadcast(SPECIES, ElementaryFunctions.LN2_HIGH), f.add(tail));
        log = log.blend(
                m, m.compare(VectorOperators.LT, Float.POSITIVE_INFINITY).not());
        return withSignOf(a, log);
    }

    /** sign(a) · sqrt(|a| + eps) */
    public static FloatVector signedSqrt(FloatVector a) {
        return withSignOf(a, a.abs().add(ElementaryFunctions.EPSILON).sqrt());
    }

    /** 1 / (a + copysign(eps, a)), where the sign of a zero counts as positive. */
    public static FloatVector reciprocal(FloatVector a) {
        // Adding 0 turns −0 into +0.
        IntVector sign = a.add(0f).reinterpretAsInts().and(ElementaryFunctions.SIGN_BIT);
        FloatVector epsilon =
                sign.or(Float.floatToRawIntBits(ElementaryFunctions.EPSILON)).reinterpretAsFloats();
        return FloatVector.broadcast(SPECIES, 1f).div(a.add(epsilon));
    }

    /** The value of a polynomial at x, by Horner's scheme. */
    private static FloatVector polynomial(FloatVector x, Polynomial polynomial) {
        FloatVector p = FloatVector.broadcast(SPECIES, polynomial.coefficient(0));
        for (int i = 1; i < polynomial.size(); i++) {
            p = p.fma(x, FloatVector.broadcast(SPECIES, polynomial.coefficient(i)));
        }
        return p;
    }

    /** sign(a) · value; 0 where a is 0. */
    private static FloatVector withSignOf(FloatVector a, FloatVector value) {
        IntVector sign = a.reinterpretAsInts().and(ElementaryFunctions.SIGN_BIT);
        // An exclusive or, since a logarithm may be negative itself.
        FloatVector signed =
                value.reinterpretAsInts().lanewise(VectorOperators.XOR, sign).reinterpretAsFloats();
        return signed.blend(0f, a.compare(VectorOperators.EQ, 0f));
    }

    /** −1, 0 or 1 */
    public static FloatVector sign(FloatVector a) {
        return withSignOf(a, FloatVector.broadcast(SPECIES, 1f));
    }
}
