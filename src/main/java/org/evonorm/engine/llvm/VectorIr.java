package org.evonorm.engine.llvm;

import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import org.evonorm.engine.pass.ElementaryFunctions;
import org.evonorm.engine.pass.ElementaryFunctions.Polynomial;

/**
 * A writer of functions of single vectors in LLVM's intermediate representation. Each function has the same operations
 * in the same order as its counterpart in {@code VectorFunctions} of the CPU engine, so that compiled passes and
 * kernels give the same bits. Operands and results are names of values in the intermediate representation; the
 * constants stand in {@link ElementaryFunctions}.
 */
public final class VectorIr {

    /** The type of a vector of floats. */
    private final String floats;
    /** The type of the bits of a vector of floats. */
    private final String bits;
    /** The type of a vector of conditions. */
    private final String conditions;

    private final int width;

    private final StringBuilder text = new StringBuilder();
    private int values;

    /**
     * An empty text.
     *
     * @param width floats per vector
     */
    public VectorIr(int width) {
        this.width = width;
        this.floats = "<" + width + " x float>";
        this.bits = "<" + width + " x i32>";
        this.conditions = "<" + width + " x i1>";
    }

    /** The type of a vector of floats. */
    public String vectorType() {
        return floats;
    }

    /** The declarations of LLVM's intrinsics that the functions use; they belong at the start of a module. */
    public String declarations() {
        StringBuilder declarations = new StringBuilder();
        for (String unary : List.of("sqrt", "fabs")) {
            declarations.append(format("declare %1$s @llvm.%2$s.v%3$df32(%1$s)%n", floats, unary, width));
        }
        declarations.append(format("declare %1$s @llvm.fma.v%2$df32(%1$s, %1$s, %1$s)%n", floats, width));
        return declarations.toString();
    }

    /** The text written so far. */
    public String text() {
        return text.toString();
    }

    /** Writes one line, in the format of {@link String#format}. */
    public void line(String format, Object... arguments) {
        text.append(format(format, arguments)).append('\n');
    }

    /** Writes an instruction with a new name for its result, and returns the name. */
    public String value(String format, Object... arguments) {
        String name = "%v" + values++;
        text.append(name).append(" = ").append(format(format, arguments)).append('\n');
        return name;
    }

    /** Without the locale of the process, which may have other digits. */
    private static String format(String format, Object... arguments) {
        return String.format(Locale.ROOT, format, arguments);
    }

    /** The address of an argument of the function; arguments are integers or addresses of 64 bits each. */
    public String argument(int index) {
        return value("getelementptr i64, ptr %%arguments, i64 %d", index);
    }

    /** Loads an argument that is an address. */
    public String pointer(int index) {
        return value("load ptr, ptr %s", argument(index));
    }

    /** The address of the float with this index after {@code pointer}. */
    public String element(String pointer, String index) {
        return value("getelementptr float, ptr %s, i64 %s", pointer, index);
    }

    /** Gives a vector a second, chosen name, which earlier phi instructions may use. */
    public void name(String name, String vector) {
        line("%s = bitcast %s %s to %s", name, floats, vector, floats);
    }

    /** Loads a vector. The address need not be aligned to the size of a vector, but to the size of a float. */
    public String load(String address) {
        return value("load %s, ptr %s, align 4", floats, address);
    }

    /** Stores a vector; the address as in {@link #load}. */
    public void store(String vector, String address) {
        line("store %s %s, ptr %s, align 4", floats, vector, address);
    }

    /** The larger of a and b; NaN if either is NaN. */
    public String max(String a, String b) {
        return select(compare("uno", a, a), a, select(compare("ogt", a, b), a, b));
    }

    /** 1 / (1 + exp(−a)) */
    public String sigmoid(String a) {
        return div(constant(1f), add(finiteExp(clamp(neg(a), ElementaryFunctions.SIGMOID_SATURATION)), constant(1f)));
    }

    /** sign(a) · sqrt(|a| + eps) */
    public String signedSqrt(String a) {
        return withSignOf(a, sqrt(plusEpsilon(abs(a))));
    }

    /** sqrt(a + eps) */
    public String root(String a) {
        return sqrt(plusEpsilon(a));
    }

    /** 1 / a */
    public String inverse(String a) {
        return div(constant(1f), a);
    }

    /** −1, 0 or 1 */
    public String sign(String a) {
        return withSignOf(a, constant(1f));
    }

    /** 1 / (|a| + eps) */
    public String logSlope(String a) {
        return div(constant(1f), plusEpsilon(abs(a)));
    }

    /** 1 / (2 sqrt(|a| + eps)) */
    public String sqrtSlope(String a) {
        return div(constant(0.5f), sqrt(plusEpsilon(abs(a))));
    }

    /** c where a ≥ b, else 0 */
    public String gate(String a, String b, String c) {
        return select(compare("oge", a, b), c, constant(0f));
    }

    /** c where {@literal a < b}, else 0 */
    public String gateLess(String a, String b, String c) {
        return select(compare("olt", a, b), c, constant(0f));
    }

    public String add(String a, String b) {
        return value("fadd %s %s, %s", floats, a, b);
    }

    public String sub(String a, String b) {
        return value("fsub %s %s, %s", floats, a, b);
    }

    /** a · b + c, rounded once */
    public String multiplyAdd(String a, String b, String c) {
        return value("call %1$s @llvm.fma.v%2$df32(%1$s %3$s, %1$s %4$s, %1$s %5$s)", floats, width, a, b, c);
    }

    public String mul(String a, String b) {
        return value("fmul %s %s, %s", floats, a, b);
    }

    private String div(String a, String b) {
        return value("fdiv %s %s, %s", floats, a, b);
    }

    public String neg(String a) {
        return value("fneg %s %s", floats, a);
    }

    public String abs(String a) {
        return value("call %1$s @llvm.fabs.v%2$df32(%1$s %3$s)", floats, width, a);
    }

    private String sqrt(String a) {
        return value("call %1$s @llvm.sqrt.v%2$df32(%1$s %3$s)", floats, width, a);
    }

    private String plusEpsilon(String a) {
        return add(a, constant(ElementaryFunctions.EPSILON));
    }

    private String compare(String condition, String a, String b) {
        return value("fcmp %s %s %s, %s", condition, floats, a, b);
    }

    private String select(String condition, String yes, String no) {
        return value("select %1$s %2$s, %3$s %4$s, %3$s %5$s", conditions, condition, floats, yes, no);
    }

    private String bits(String vector) {
        return value("bitcast %s %s to %s", floats, vector, bits);
    }

    private String floats(String vector) {
        return value("bitcast %s %s to %s", bits, vector, floats);
    }

    private String onBits(String instruction, String a, String b) {
        return value("%s %s %s, %s", instruction, bits, a, b);
    }

    /** exp x: infinite above and 0 below the range of normal floats. */
    public String exp(String x) {
        String result = finiteExp(x);
        result = select(
                compare("ogt", x, constant(ElementaryFunctions.EXP_OVERFLOW)),
                constant(Float.POSITIVE_INFINITY),
                result);
        return select(compare("olt", x, constant(ElementaryFunctions.EXP_UNDERFLOW)), constant(0f), result);
    }

    /** exp x, for arguments between {@code EXP_UNDERFLOW} and {@code EXP_OVERFLOW}. */
    private String finiteExp(String x) {
        String shifted = multiplyAdd(x, constant(ElementaryFunctions.LOG2_E), constant(ElementaryFunctions.ROUNDER));
        String k = sub(shifted, constant(ElementaryFunctions.ROUNDER));
        String r = multiplyAdd(k, constant(-ElementaryFunctions.LN2_HIGH), x);
        r = multiplyAdd(k, constant(-ElementaryFunctions.LN2_LOW), r);
        String p = polynomial(r, ElementaryFunctions.EXP);
        p = add(multiplyAdd(p, mul(r, r), r), constant(1f));
        String exponent = onBits("shl", bits(shifted), constant(23));
        return floats(onBits("add", bits(p), exponent));
    }

    /** x between −bound and bound; NaN stays NaN. */
    private String clamp(String x, float bound) {
        String t = select(compare("ogt", x, constant(bound)), constant(bound), x);
        return select(compare("olt", t, constant(-bound)), constant(-bound), t);
    }

    public String tanh(String x) {
        String t = clamp(x, ElementaryFunctions.TANH_SATURATION);
        String square = mul(t, t);
        String p = polynomial(square, ElementaryFunctions.TANH_NUMERATOR);
        String q = polynomial(square, ElementaryFunctions.TANH_DENOMINATOR);
        return div(mul(t, p), q);
    }

    /** erf x, within ±1 */
    public String erf(String x) {
        String t = clamp(x, ElementaryFunctions.ERF_SATURATION);
        String square = mul(t, t);
        String p = polynomial(square, ElementaryFunctions.ERF_NUMERATOR);
        String q = polynomial(square, ElementaryFunctions.ERF_DENOMINATOR);
        return clamp(div(mul(t, p), q), 1f);
    }

    /** sign(a) · ln(|a| + eps) */
    public String signedLog(String a) {
        String m = plusEpsilon(abs(a));
        String bitsOfM = bits(m);
        String exponent =
                onBits("ashr", onBits("sub", bitsOfM, constant(ElementaryFunctions.SQRT_HALF_BITS)), constant(23));
        String f = sub(floats(onBits("sub", bitsOfM, onBits("shl", exponent, constant(23)))), constant(1f));
        String e = value("sitofp %s %s to %s", bits, exponent, floats);
        String p = polynomial(f, ElementaryFunctions.LOG);
        String square = mul(f, f);
        String tail = mul(mul(p, f), square);
        tail = multiplyAdd(e, constant(ElementaryFunctions.LN2_LOW), tail);
        tail = multiplyAdd(square, constant(-0.5f), tail);
        String log = multiplyAdd(e, constant(ElementaryFunctions.LN2_HIGH), add(f, tail));
        log = select(compare("olt", m, constant(Float.POSITIVE_INFINITY)), log, m);
        return withSignOf(a, log);
    }

    /** 1 / (a + copysign(eps, a)), where the sign of a zero counts as positive. */
    public String reciprocal(String a) {
        String sign = onBits("and", bits(add(a, constant(0f))), constant(ElementaryFunctions.SIGN_BIT));
        String epsilon = floats(onBits("or", sign, constant(Float.floatToRawIntBits(ElementaryFunctions.EPSILON))));
        return div(constant(1f), add(a, epsilon));
    }

    /** sign(a) · value; 0 where a is 0. */
    private String withSignOf(String a, String value) {
        String sign = onBits("and", bits(a), constant(ElementaryFunctions.SIGN_BIT));
        String signed = floats(onBits("xor", bits(value), sign));
        return select(compare("oeq", a, constant(0f)), constant(0f), signed);
    }

    /** The value of a polynomial at x, by Horner's scheme. */
    private String polynomial(String x, Polynomial polynomial) {
        String p = constant(polynomial.coefficient(0));
        for (int i = 1; i < polynomial.size(); i++) {
            p = multiplyAdd(p, x, constant(polynomial.coefficient(i)));
        }
        return p;
    }

    private String constant(float value) {
        // LLVM takes a float as the bits of the double with the same value.
        return repeated(format("float 0x%016X", Double.doubleToRawLongBits(value)));
    }

    private String constant(int value) {
        return repeated("i32 " + value);
    }

    /** A vector constant with the same value in all lanes. */
    private String repeated(String constant) {
        StringJoiner lanes = new StringJoiner(", ", "<", ">");
        Collections.nCopies(width, constant).forEach(lanes::add);
        return lanes.toString();
    }
}
