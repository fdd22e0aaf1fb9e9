package org.evonorm.graph;

/**
 * Values and derivatives of the elementwise primitives in float64, the elementwise half of {@link ReferenceEvaluation}
 * (docs/design.md, "Primitives"). {@link StrictMath} makes results the same bit by bit on every machine, so value keys
 * do not depend on the machine.
 */
public final class ElementwiseReference {

    private static final double EPS = LayerGraph.EPSILON;

    private ElementwiseReference() {}

    /** primitive(a, b) of numbers; unary primitives ignore b. */
    public static double value(Elementwise primitive, double a, double b) {
        double[] y = new double[1];
        apply(primitive, new double[] {a}, new double[] {b}, y);
        return y[0];
    }

    /** y = primitive(a, b); unary primitives ignore b. */
    static void apply(Elementwise primitive, double[] a, double[] b, double[] y) {
        int n = y.length;
        switch (primitive) {
            case ADD -> {
                for (int i = 0; i < n; i++) {
                    y[i] = a[i] + b[i];
                }
            }
            case MUL -> {
                for (int i = 0; i < n; i++) {
                    y[i] = a[i] * b[i];
                }
            }
            case DIV -> {
                for (int i = 0; i < n; i++) {
                    y[i] = a[i] / guarded(b[i]);
                }
            }
            case MAX -> {
                for (int i = 0; i < n; i++) {
                    y[i] = Math.max(a[i], b[i]);
                }
            }
            case NEG -> {
                for (int i = 0; i < n; i++) {
                    y[i] = -a[i];
                }
            }
            case SIGMOID -> {
                for (int i = 0; i < n; i++) {
                    y[i] = 1 / (1 + StrictMath.exp(-a[i]));
                }
            }
            case TANH -> {
                for (int i = 0; i < n; i++) {
                    y[i] = StrictMath.tanh(a[i]);
                }
            }
            case EXP -> {
                for (int i = 0; i < n; i++) {
                    y[i] = StrictMath.exp(a[i]);
                }
            }
            case LOG -> {
                for (int i = 0; i < n; i++) {
                    y[i] = Math.signum(a[i]) * StrictMath.log(Math.abs(a[i]) + EPS);
                }
            }
            case ABS -> {
                for (int i = 0; i < n; i++) {
                    y[i] = Math.abs(a[i]);
                }
            }
            case SQUARE -> {
                for (int i = 0; i < n; i++) {
                    y[i] = a[i] * a[i];
                }
            }
            case SQRT -> {
                for (int i = 0; i < n; i++) {
                    y[i] = Math.signum(a[i]) * Math.sqrt(Math.abs(a[i]) + EPS);
                }
            }
            case ERF -> {
                for (int i = 0; i < n; i++) {
                    y[i] = ErrorFunction.value(a[i]);
                }
            }
            default -> throw new AssertionError(primitive);
        }
    }

    /**
     * Adds dy times the derivatives of y = primitive(a, b) to da and db, which may be the same array; unary primitives
     * ignore b and db.
     */
    static void addGradient(
            Elementwise primitive, double[] a, double[] b, double[] y, double[] dy, double[] da, double[] db) {
        int n = y.length;
        switch (primitive) {
            case ADD -> {
                for (int i = 0; i < n; i++) {
                    da[i] += dy[i];
                    db[i] += dy[i];
                }
            }
            case MUL -> {
                for (int i = 0; i < n; i++) {
                    da[i] += dy[i] * b[i];
                    db[i] += dy[i] * a[i];
                }
            }
            case DIV -> {
                for (int i = 0; i < n; i++) {
                    double quotient = dy[i] / guarded(b[i]);
                    da[i] += quotient;
                    db[i] -= quotient * y[i];
                }
            }
            case MAX -> {
                for (int i = 0; i < n; i++) {
                    double[] larger = a[i] >= b[i] ? da : db;
                    larger[i] += dy[i];
                }
            }
            case NEG -> {
                for (int i = 0; i < n; i++) {
                    da[i] -= dy[i];
                }
            }
            case SIGMOID -> {
                for (int i = 0; i < n; i++) {
                    da[i] += dy[i] * y[i] * (1 - y[i]);
                }
            }
            case TANH -> {
                for (int i = 0; i < n; i++) {
                    da[i] += dy[i] * (1 - y[i] * y[i]);
                }
            }
            case EXP -> {
                for (int i = 0; i < n; i++) {
                    da[i] += dy[i] * y[i];
                }
            }
            case LOG -> {
                for (int i = 0; i < n; i++) {
                    da[i] += dy[i] / (Math.abs(a[i]) + EPS);
                }
            }
            case ABS -> {
                for (int i = 0; i < n; i++) {
                    da[i] += dy[i] * Math.signum(a[i]);
                }
            }
            case SQUARE -> {
                for (int i = 0; i < n; i++) {
                    da[i] += dy[i] * 2 * a[i];
                }
            }
            case SQRT -> {
                for (int i = 0; i < n; i++) {
                    da[i] += dy[i] / (2 * Math.sqrt(Math.abs(a[i]) + EPS));
                }
            }
            case ERF -> {
                for (int i = 0; i < n; i++) {
                    da[i] += dy[i] * ErrorFunction.derivative(a[i]);
                }
            }
            default -> throw new AssertionError(primitive);
        }
    }

    /** The divisor moved away from zero by eps; +0 and −0 move upwards. */
    private static double guarded(double divisor) {
        return divisor + (divisor < 0 ? -EPS : EPS);
    }
}
