package org.evonorm.engine.cpu;

import static org.evonorm.engine.cpu.Lanes.SPECIES;
import static org.evonorm.engine.cpu.Lanes.WIDTH;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import org.evonorm.program.Operation;

/**
 * The elementwise operations of the tile machine, as loops over arrays. Counts are multiples of the vector width: arrays
 * have room for the lanes beyond their last value, which may hold anything.
 */
enum Kernel {
    ADD(Kernel::add),
    SUB(Kernel::sub),
    MUL(Kernel::mul),
    MAX(Kernel::max),
    NEG(Kernel::neg),
    SQUARE(Kernel::square),
    ABS(Kernel::abs),
    EXP(Kernel::exp),
    TANH(Kernel::tanh),
    SIGMOID(Kernel::sigmoid),
    LOG(Kernel::log),
    SQRT(Kernel::sqrt),
    RECIPROCAL(Kernel::reciprocal),
    ROOT(Kernel::root),
    INVERSE(Kernel::inverse),
    SIGN(Kernel::sign),
    LOG_SLOPE(Kernel::logSlope),
    SQRT_SLOPE(Kernel::sqrtSlope),
    GATE(Kernel::gate),
    GATE_LESS(Kernel::gateLess),
    /** a · b + c */
    MULTIPLY_ADD(Kernel::multiplyAdd),
    /** a · b − c */
    MULTIPLY_SUBTRACT(Kernel::multiplySubtract),
    /** c − a · b */
    SUBTRACT_PRODUCT(Kernel::subtractProduct);

    private static final float EPSILON = (float) org.evonorm.graph.LayerGraph.EPSILON;

    private final Loop loop;

    Kernel(Loop loop) {
        this.loop = loop;
    }

    /** The kernel of an elementwise operation of programmes. */
    static Kernel of(Operation operation) {
        return valueOf(operation.name());
    }

    /** Sets {@code out[o..o+count)}; operands that the operation does not take may be any array. */
    void run(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci, int count) {
        loop.run(out, o, a, ai, b, bi, c, ci, count);
    }

    private interface Loop {
        void run(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci, int count);
    }

    private static FloatVector load(float[] values, int index) {
        return FloatVector.fromArray(SPECIES, values, index);
    }

    private static void add(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci, int n) {
        for (int i = 0; i < n; i += WIDTH) {
            load(a, ai + i).add(load(b, bi + i)).intoArray(out, o + i);
        }
    }

    private static void sub(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci, int n) {
        for (int i = 0; i < n; i += WIDTH) {
            load(a, ai + i).sub(load(b, bi + i)).intoArray(out, o + i);
        }
    }

    private static void mul(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci, int n) {
        for (int i = 0; i < n; i += WIDTH) {
            load(a, ai + i).mul(load(b, bi + i)).intoArray(out, o + i);
        }
    }

    private static void max(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci, int n) {
        for (int i = 0; i < n; i += WIDTH) {
            load(a, ai + i).max(load(b, bi + i)).intoArray(out, o + i);
        }
    }

    private static void neg(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci, int n) {
        for (int i = 0; i < n; i += WIDTH) {
            load(a, ai + i).neg().intoArray(out, o + i);
        }
    }

    private static void square(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci, int n) {
        for (int i = 0; i < n; i += WIDTH) {
            FloatVector v = load(a, ai + i);
            v.mul(v).intoArray(out, o + i);
        }
    }

    private static void abs(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci, int n) {
        for (int i = 0; i < n; i += WIDTH) {
            load(a, ai + i).abs().intoArray(out, o + i);
        }
    }

    private static void exp(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci, int n) {
        for (int i = 0; i < n; i += WIDTH) {
            Lanes.exp(load(a, ai + i)).intoArray(out, o + i);
        }
    }

    private static void tanh(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci, int n) {
        for (int i = 0; i < n; i += WIDTH) {
            Lanes.tanh(load(a, ai + i)).intoArray(out, o + i);
        }
    }

    private static void sigmoid(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci, int n) {
        for (int i = 0; i < n; i += WIDTH) {
            Lanes.sigmoid(load(a, ai + i)).intoArray(out, o + i);
        }
    }

    private static void log(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci, int n) {
        for (int i = 0; i < n; i += WIDTH) {
            Lanes.signedLog(load(a, ai + i)).intoArray(out, o + i);
        }
    }

    private static void sqrt(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci, int n) {
        for (int i = 0; i < n; i += WIDTH) {
            Lanes.signedSqrt(load(a, ai + i)).intoArray(out, o + i);
        }
    }

    private static void reciprocal(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci,
                                   int n) {
        for (int i = 0; i < n; i += WIDTH) {
            Lanes.reciprocal(load(a, ai + i)).intoArray(out, o + i);
        }
    }

    private static void root(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci, int n) {
        for (int i = 0; i < n; i += WIDTH) {
            load(a, ai + i).add(EPSILON).sqrt().intoArray(out, o + i);
        }
    }

    private static void inverse(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci, int n) {
        for (int i = 0; i < n; i += WIDTH) {
            FloatVector.broadcast(SPECIES, 1f).div(load(a, ai + i)).intoArray(out, o + i);
        }
    }

    private static void sign(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci, int n) {
        for (int i = 0; i < n; i += WIDTH) {
            Lanes.sign(load(a, ai + i)).intoArray(out, o + i);
        }
    }

    private static void logSlope(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci, int n) {
        for (int i = 0; i < n; i += WIDTH) {
            FloatVector.broadcast(SPECIES, 1f).div(load(a, ai + i).abs().add(EPSILON)).intoArray(out, o + i);
        }
    }

    private static void sqrtSlope(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci,
                                  int n) {
        for (int i = 0; i < n; i += WIDTH) {
            FloatVector.broadcast(SPECIES, 0.5f).div(load(a, ai + i).abs().add(EPSILON).sqrt())
                    .intoArray(out, o + i);
        }
    }

    private static void gate(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci, int n) {
        for (int i = 0; i < n; i += WIDTH) {
            FloatVector zero = FloatVector.zero(SPECIES);
            zero.blend(load(c, ci + i), load(a, ai + i).compare(VectorOperators.GE, load(b, bi + i)))
                    .intoArray(out, o + i);
        }
    }

    private static void gateLess(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci, int n) {
        for (int i = 0; i < n; i += WIDTH) {
            FloatVector zero = FloatVector.zero(SPECIES);
            zero.blend(load(c, ci + i), load(a, ai + i).compare(VectorOperators.LT, load(b, bi + i)))
                    .intoArray(out, o + i);
        }
    }

    private static void multiplyAdd(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci,
                                    int n) {
        for (int i = 0; i < n; i += WIDTH) {
            load(a, ai + i).fma(load(b, bi + i), load(c, ci + i)).intoArray(out, o + i);
        }
    }

    private static void multiplySubtract(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci,
                                         int n) {
        for (int i = 0; i < n; i += WIDTH) {
            load(a, ai + i).fma(load(b, bi + i), load(c, ci + i).neg()).intoArray(out, o + i);
        }
    }

    private static void subtractProduct(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci,
                                        int n) {
        for (int i = 0; i < n; i += WIDTH) {
            load(a, ai + i).neg().fma(load(b, bi + i), load(c, ci + i)).intoArray(out, o + i);
        }
    }
}
