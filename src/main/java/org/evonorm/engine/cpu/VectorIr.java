package org.evonorm.engine.cpu;

import java.util.Collections;
import java.util.List;
import java.util.StringJoiner;

/**
 * Writes functions of single vectors in LLVM's intermediate representation: for each kernel the same operations, in the same
 * order, as its function in {@link Lanes}, so that both give the same bits. Operands and results are names of values.
 */
final class VectorIr {

    /** The types of a vector of floats, of its bits, and of conditions. */
    static final String FLOATS = "<" + Lanes.WIDTH + " x float>";
    private static final String BITS = "<" + Lanes.WIDTH + " x i32>";
    private static final String CONDITIONS = "<" + Lanes.WIDTH + " x i1>";

    private final StringBuilder text = new StringBuilder();
    private int values;

    /** What the functions that are used here need to have declared. */
    static String declarations() {
        StringBuilder declarations = new StringBuilder();
        for (String unary : List.of("sqrt", "fabs")) {
            declarations.append("declare %1$s @llvm.%2$s.v%3$df32(%1$s)%n".formatted(FLOATS, unary, Lanes.WIDTH));
        }
        declarations.append("declare %1$s @llvm.fma.v%2$df32(%1$s, %1$s, %1$s)%n".formatted(FLOATS, Lanes.WIDTH));
        return declarations.toString();
    }

    /** All that was written. */
    String text() {
        return text.toString();
    }

    /** Writes a line as it is. */
    void line(String format, Object... arguments) {
        text.append(format.formatted(arguments)).append('\n');
    }

    /** Writes an instruction and gives its result a name. */
    String value(String format, Object... arguments) {
        String name = "%v" + values++;
        text.append(name).append(" = ").append(format.formatted(arguments)).append('\n');
        return name;
    }

    /** Where the function's argument of this number lies, a whole number or an address of 64 bits. */
    String argument(int index) {
        return value("getelementptr i64, ptr %%arguments, i64 %d", index);
    }

    /** An address among the function's arguments. */
    String pointer(int index) {
        return value("load ptr, ptr %s", argument(index));
    }

    /** The address of a float. */
    String element(String pointer, String index) {
        return value("getelementptr float, ptr %s, i64 %s", pointer, index);
    }

    /** Gives a vector another name as well, which lines before may use. */
    void name(String name, String vector) {
        line("%s = bitcast %s %s to %s", name, FLOATS, vector, FLOATS);
    }

    /** The vector at an address that need be no multiple of a vector's size. */
    String load(String address) {
        return value("load %s, ptr %s, align 4", FLOATS, address);
    }

    void store(String vector, String address) {
        line("store %s %s, ptr %s, align 4", FLOATS, vector, address);
    }

    /** A kernel's function; operands beyond its own are not looked at. */
    String apply(Kernel kernel, List<String> operands) {
        String a = operands.get(0);
        String b = operands.get(operands.size() > 1 ? 1 : 0);
        String c = operands.get(operands.size() > 2 ? 2 : 0);
        return switch (kernel) {
            case ADD -> add(a, b);
            case SUB -> sub(a, b);
            case MUL -> mul(a, b);
            case MAX -> select(compare("uno", a, a), a, select(compare("ogt", a, b), a, b));
            case NEG -> neg(a);
            case SQUARE -> mul(a, a);
            case ABS -> abs(a);
            case EXP -> exp(a);
            case TANH -> tanh(a);
            case SIGMOID -> div(constant(1f), add(finiteExp(clamp(neg(a), Lanes.SIGMOID_SATURATION)), constant(1f)));
            case LOG -> signedLog(a);
            case SQRT -> withSignOf(a, sqrt(aboveZero(abs(a))));
            case RECIPROCAL -> reciprocal(a);
            case ROOT -> sqrt(aboveZero(a));
            case INVERSE -> div(constant(1f), a);
            case SIGN -> withSignOf(a, constant(1f));
            case LOG_SLOPE -> div(constant(1f), aboveZero(abs(a)));
            case SQRT_SLOPE -> div(constant(0.5f), sqrt(aboveZero(abs(a))));
            case GATE -> select(compare("oge", a, b), c, constant(0f));
            case GATE_LESS -> select(compare("olt", a, b), c, constant(0f));
            case MULTIPLY_ADD -> multiplyAdd(a, b, c);
            case MULTIPLY_SUBTRACT -> multiplyAdd(a, b, neg(c));
            case SUBTRACT_PRODUCT -> multiplyAdd(neg(a), b, c);
        };
    }

    String add(String a, String b) {
        return value("fadd %s %s, %s", FLOATS, a, b);
    }

    String sub(String a, String b) {
        return value("fsub %s %s, %s", FLOATS, a, b);
    }

    /** a · b + c, rounded once */
    String multiplyAdd(String a, String b, String c) {
        return value("call %1$s @llvm.fma.v%2$df32(%1$s %3$s, %1$s %4$s, %1$s %5$s)", FLOATS, Lanes.WIDTH, a, b, c);
    }

    private String mul(String a, String b) {
        return value("fmul %s %s, %s", FLOATS, a, b);
    }

    private String div(String a, String b) {
        return value("fdiv %s %s, %s", FLOATS, a, b);
    }

    private String neg(String a) {
        return value("fneg %s %s", FLOATS, a);
    }

    private String abs(String a) {
        return value("call %1$s @llvm.fabs.v%2$df32(%1$s %3$s)", FLOATS, Lanes.WIDTH, a);
    }

    private String sqrt(String a) {
        return value("call %1$s @llvm.sqrt.v%2$df32(%1$s %3$s)", FLOATS, Lanes.WIDTH, a);
    }

    private String aboveZero(String a) {
        return add(a, constant(Lanes.EPSILON));
    }

    private String compare(String condition, String a, String b) {
        return value("fcmp %s %s %s, %s", condition, FLOATS, a, b);
    }

    private String select(String condition, String yes, String no) {
        return value("select %1$s %2$s, %3$s %4$s, %3$s %5$s", CONDITIONS, condition, FLOATS, yes, no);
    }

    private String bits(String floats) {
        return value("bitcast %s %s to %s", FLOATS, floats, BITS);
    }

    private String floats(String bits) {
        return value("bitcast %s %s to %s", BITS, bits, FLOATS);
    }

    private String onBits(String instruction, String a, String b) {
        return value("%s %s %s, %s", instruction, BITS, a, b);
    }

    private String exp(String x) {
        String result = finiteExp(x);
        result = select(compare("ogt", x, constant(Lanes.EXP_OVERFLOW)), constant(Float.POSITIVE_INFINITY), result);
        return select(compare("olt", x, constant(Lanes.EXP_UNDERFLOW)), constant(0f), result);
    }

    private String finiteExp(String x) {
        String shifted = multiplyAdd(x, constant(Lanes.LOG2_E), constant(Lanes.ROUNDER));
        String k = sub(shifted, constant(Lanes.ROUNDER));
        String r = multiplyAdd(k, constant(-Lanes.LN2_HIGH), x);
        r = multiplyAdd(k, constant(-Lanes.LN2_LOW), r);
        String p = polynomial(r, Lanes.EXP_POLYNOMIAL);
        p = add(multiplyAdd(p, mul(r, r), r), constant(1f));
        String exponent = onBits("shl", bits(shifted), constant(23));
        return floats(onBits("add", bits(p), exponent));
    }

    private String clamp(String x, float bound) {
        String t = select(compare("ogt", x, constant(bound)), constant(bound), x);
        return select(compare("olt", t, constant(-bound)), constant(-bound), t);
    }

    private String tanh(String x) {
        String t = clamp(x, Lanes.TANH_SATURATION);
        String square = mul(t, t);
        String p = polynomial(square, Lanes.TANH_NUMERATOR);
        String q = polynomial(square, Lanes.TANH_DENOMINATOR);
        return div(mul(t, p), q);
    }

    private String signedLog(String a) {
        String m = aboveZero(abs(a));
        String bits = bits(m);
        String exponent = onBits("ashr", onBits("sub", bits, constant(Lanes.SQRT_HALF_BITS)), constant(23));
        String f = sub(floats(onBits("sub", bits, onBits("shl", exponent, constant(23)))), constant(1f));
        String e = value("sitofp %s %s to %s", BITS, exponent, FLOATS);
        String p = polynomial(f, Lanes.LOG_POLYNOMIAL);
        String square = mul(f, f);
        String tail = mul(mul(p, f), square);
        tail = multiplyAdd(e, constant(Lanes.LN2_LOW), tail);
        tail = multiplyAdd(square, constant(-0.5f), tail);
        String log = multiplyAdd(e, constant(Lanes.LN2_HIGH), add(f, tail));
        log = select(compare("olt", m, constant(Float.POSITIVE_INFINITY)), log, m);
        return withSignOf(a, log);
    }

    private String reciprocal(String a) {
        String sign = onBits("and", bits(add(a, constant(0f))), constant(Lanes.SIGN_BIT));
        String epsilon = floats(onBits("or", sign, constant(Float.floatToRawIntBits(Lanes.EPSILON))));
        return div(constant(1f), add(a, epsilon));
    }

    private String withSignOf(String a, String value) {
        String sign = onBits("and", bits(a), constant(Lanes.SIGN_BIT));
        String signed = floats(onBits("xor", bits(value), sign));
        return select(compare("oeq", a, constant(0f)), constant(0f), signed);
    }

    /** By Horner's scheme. */
    private String polynomial(String x, float[] coefficients) {
        String p = constant(coefficients[0]);
        for (int i = 1; i < coefficients.length; i++) {
            p = multiplyAdd(p, x, constant(coefficients[i]));
        }
        return p;
    }

    private static String constant(float value) {
        // Floats are written as the bits of the double of the same value.
        return repeated("float 0x%016X".formatted(Double.doubleToRawLongBits(value)));
    }

    private static String constant(int value) {
        return repeated("i32 " + value);
    }

    private static String repeated(String constant) {
        StringJoiner lanes = new StringJoiner(", ", "<", ">");
        Collections.nCopies(Lanes.WIDTH, constant).forEach(lanes::add);
        return lanes.toString();
    }
}
