package org.evonorm.engine.pass;

import org.evonorm.graph.LayerGraph;

/**
 * The constants of the float32 approximations of exp, tanh, sigmoid, erf and the natural logarithm. Every back end
 * takes them from here and combines them in the same order, so that all back ends give the same bits.
 *
 * <p>Sources: exp and the logarithm have the range reductions and minimax polynomials of {@code expf} and {@code logf}
 * in S. L. Moshier's Cephes library (single precision). tanh is the rational minimax approximation of Eigen 3.4
 * ({@code Eigen/src/Core/MathFunctionsImpl.h}), an odd polynomial of degree 13 over an even polynomial of degree 6.
 * erf is a rational approximation of least relative error on [0, 3.92], an odd polynomial of degree 11 over an even
 * polynomial of degree 10, fitted for this program by reweighted least squares; without rounding it errs by 1.9e-8.
 * Errors are a few units in the last place, about 3e-7 relative.
 */
public final class ElementaryFunctions {

    /** eps of divisions, roots and logarithms (docs/design.md, "Primitives"). */
    public static final float EPSILON = (float) LayerGraph.EPSILON;
    /** The sign bit of a float. */
    public static final int SIGN_BIT = 0x80000000;
    /** log2 e: the factor from exponents of e to exponents of 2. */
    public static final float LOG2_E = 1.44269504f;
    /** The leading bits of ln 2. Its product with the exponent of a float32 is exact (reduction of Cody and Waite). */
    public static final float LN2_HIGH = 0.693359375f;
    /** The difference ln 2 − {@link #LN2_HIGH}. */
    public static final float LN2_LOW = -2.12194440e-4f;
    /** 1.5 · 2^23: a sum with it has the nearest integer of the other summand in its low bits. */
    public static final float ROUNDER = 12582912f;
    /** The largest argument of exp: the exponential of a larger number is infinite in float32. */
    public static final float EXP_OVERFLOW = 88.72283f;
    /**
     * The smallest argument of exp, ln 2^−126: the exponential of a smaller number is no normal float32, and set to 0.
     */
    public static final float EXP_UNDERFLOW = -87.33654f;
    /** The bits of sqrt(1/2), the least mantissa of the logarithm's range reduction. */
    public static final int SQRT_HALF_BITS = 0x3f3504f3;
    /** The bound of the sigmoid's argument, where the sigmoid is about 1e-38 from 0 or from 1. */
    public static final float SIGMOID_SATURATION = 87.3f;
    /**
     * The bound of the argument of tanh, Eigen's for evaluation without fused multiply-add. With fused multiply-add, as
     * here, the approximation is 0.99999976 at the bound and beyond it; the exact tanh there is 0.99999973.
     */
    public static final float TANH_SATURATION = 7.9053111f;

    /** (exp r − 1 − r) / r² in r, for |r| ≤ ln 2 / 2. */
    public static final Polynomial EXP = new Polynomial(
            1.9875691500e-4f, 1.3981999507e-3f, 8.3334519073e-3f, 4.1665795894e-2f, 1.6666665459e-1f, 5.0000001201e-1f);
    /** The numerator of tanh(t) / t, in t². */
    public static final Polynomial TANH_NUMERATOR = new Polynomial(
            -2.76076847742355e-16f,
            2.00018790482477e-13f,
            -8.60467152213735e-11f,
            5.12229709037114e-08f,
            1.48572235717979e-05f,
            6.37261928875436e-04f,
            4.89352455891786e-03f);
    /** The denominator of tanh(t) / t, in t². */
    public static final Polynomial TANH_DENOMINATOR =
            new Polynomial(1.19825839466702e-06f, 1.18534705686654e-04f, 2.26843463243900e-03f, 4.89352518554385e-03f);
    /** The bound of the argument of erf: from here on erf is nearer to 1 than to the float32 before. */
    public static final float ERF_SATURATION = 3.92f;
    /** The numerator of erf(t) / t, in t². */
    public static final Polynomial ERF_NUMERATOR = new Polynomial(
            2.0500858681771206e-06f,
            2.8488400857895613e-04f,
            3.7656561471521854e-03f,
            5.2748847752809525e-02f,
            1.9040732085704803e-01f,
            1.1283791065216064f);
    /** The denominator of erf(t) / t, in t². */
    public static final Polynomial ERF_DENOMINATOR = new Polynomial(
            3.809176632785238e-05f,
            1.1625457555055618e-03f,
            1.496929582208395e-02f,
            1.1410947144031525e-01f,
            5.020768642425537e-01f,
            1f);
    /** (ln(1 + f) − f + f²/2) / f³ in f, for 1 + f from sqrt(1/2) to sqrt 2. */
    public static final Polynomial LOG = new Polynomial(
            7.0376836292e-2f,
            -1.1514610310e-1f,
            1.1676998740e-1f,
            -1.2420140846e-1f,
            1.4249322787e-1f,
            -1.6668057665e-1f,
            2.0000714765e-1f,
            -2.4999993993e-1f,
            3.3333331174e-1f);

    private ElementaryFunctions() {}

    /** The immutable coefficients of a polynomial, the coefficient of the highest power first. */
    public static final class Polynomial {

        private final float[] coefficients;

        private Polynomial(float... coefficients) {
            this.coefficients = coefficients;
        }

        /** The number of coefficients. */
        public int size() {
            return coefficients.length;
        }

        /** The coefficient of the power {@code size() − 1 − index}. */
        public float coefficient(int index) {
            return coefficients[index];
        }
    }
}
