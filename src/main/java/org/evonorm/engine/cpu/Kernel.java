package org.evonorm.engine.cpu;

import static org.evonorm.engine.cpu.Lanes.WIDTH;
import static org.evonorm.engine.cpu.Lanes.load;
import static org.evonorm.engine.cpu.Lanes.store;

import org.evonorm.program.Operation;

/**
 * The elementwise operations of the tile machine, as loops over arrays around one function of {@link Lanes} each. Counts are
 * multiples of the vector width: arrays have room for the lanes beyond their last value, which may hold anything.
 */
enum Kernel {
    ADD(2, Kernel::add),
    SUB(2, Kernel::sub),
    MUL(2, Kernel::mul),
    MAX(2, Kernel::max),
    NEG(1, Kernel::neg),
    SQUARE(1, Kernel::square),
    ABS(1, Kernel::abs),
    EXP(1, Kernel::exp),
    TANH(1, Kernel::tanh),
    SIGMOID(1, Kernel::sigmoid),
    LOG(1, Kernel::signedLog),
    SQRT(1, Kernel::signedSqrt),
    RECIPROCAL(1, Kernel::reciprocal),
    ROOT(1, Kernel::root),
    INVERSE(1, Kernel::inverse),
    SIGN(1, Kernel::sign),
    LOG_SLOPE(1, Kernel::logSlope),
    SQRT_SLOPE(1, Kernel::sqrtSlope),
    GATE(3, Kernel::gate),
    GATE_LESS(3, Kernel::gateLess),
    /** a · b + c */
    MULTIPLY_ADD(3, Kernel::multiplyAdd),
    /** a · b − c */
    MULTIPLY_SUBTRACT(3, Kernel::multiplySubtract),
    /** c − a · b */
    SUBTRACT_PRODUCT(3, Kernel::subtractProduct);

    private final int operands;
    private final Loop loop;

    Kernel(int operands, Loop loop) {
        this.operands = operands;
        this.loop = loop;
    }

    /** The kernel of an elementwise operation of programmes. */
    static Kernel of(Operation operation) {
        return valueOf(operation.name());
    }

    /** How many operands the function takes, 1 to 3. */
    int operands() {
        return operands;
    }

    /** Sets {@code out[o..o+count)}; operands that the operation does not take may be any array. */
    void run(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci, int count) {
        loop.run(out, o, a, ai, b, bi, c, ci, count);
    }

    private interface Loop {
        void run(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci, int count);
    }

    private static void add(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci, int n) {
        for (int i = 0; i < n; i += WIDTH) {
            store(Lanes.add(load(a, ai + i), load(b, bi + i)), out, o + i);
        }
    }

    private static void sub(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci, int n) {
        for (int i = 0; i < n; i += WIDTH) {
            store(Lanes.sub(load(a, ai + i), load(b, bi + i)), out, o + i);
        }
    }

    private static void mul(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci, int n) {
        for (int i = 0; i < n; i += WIDTH) {
            store(Lanes.mul(load(a, ai + i), load(b, bi + i)), out, o + i);
        }
    }

    private static void max(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci, int n) {
        for (int i = 0; i < n; i += WIDTH) {
            store(Lanes.max(load(a, ai + i), load(b, bi + i)), out, o + i);
        }
    }

    private static void neg(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci, int n) {
        for (int i = 0; i < n; i += WIDTH) {
            store(Lanes.neg(load(a, ai + i)), out, o + i);
        }
    }

    private static void square(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci, int n) {
        for (int i = 0; i < n; i += WIDTH) {
            store(Lanes.square(load(a, ai + i)), out, o + i);
        }
    }

    private static void abs(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci, int n) {
        for (int i = 0; i < n; i += WIDTH) {
            store(Lanes.abs(load(a, ai + i)), out, o + i);
        }
    }

    private static void exp(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci, int n) {
        for (int i = 0; i < n; i += WIDTH) {
            store(Lanes.exp(load(a, ai + i)), out, o + i);
        }
    }

    private static void tanh(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci, int n) {
        for (int i = 0; i < n; i += WIDTH) {
            store(Lanes.tanh(load(a, ai + i)), out, o + i);
        }
    }

    private static void sigmoid(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci, int n) {
        for (int i = 0; i < n; i += WIDTH) {
            store(Lanes.sigmoid(load(a, ai + i)), out, o + i);
        }
    }

    private static void signedLog(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci, int n) {
        for (int i = 0; i < n; i += WIDTH) {
            store(Lanes.signedLog(load(a, ai + i)), out, o + i);
        }
    }

    private static void signedSqrt(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci, int n) {
        for (int i = 0; i < n; i += WIDTH) {
            store(Lanes.signedSqrt(load(a, ai + i)), out, o + i);
        }
    }

    private static void reciprocal(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci, int n) {
        for (int i = 0; i < n; i += WIDTH) {
            store(Lanes.reciprocal(load(a, ai + i)), out, o + i);
        }
    }

    private static void root(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci, int n) {
        for (int i = 0; i < n; i += WIDTH) {
            store(Lanes.root(load(a, ai + i)), out, o + i);
        }
    }

    private static void inverse(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci, int n) {
        for (int i = 0; i < n; i += WIDTH) {
            store(Lanes.inverse(load(a, ai + i)), out, o + i);
        }
    }

    private static void sign(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci, int n) {
        for (int i = 0; i < n; i += WIDTH) {
            store(Lanes.sign(load(a, ai + i)), out, o + i);
        }
    }

    private static void logSlope(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci, int n) {
        for (int i = 0; i < n; i += WIDTH) {
            store(Lanes.logSlope(load(a, ai + i)), out, o + i);
        }
    }

    private static void sqrtSlope(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci, int n) {
        for (int i = 0; i < n; i += WIDTH) {
            store(Lanes.sqrtSlope(load(a, ai + i)), out, o + i);
        }
    }

    private static void gate(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci, int n) {
        for (int i = 0; i < n; i += WIDTH) {
            store(Lanes.gate(load(a, ai + i), load(b, bi + i), load(c, ci + i)), out, o + i);
        }
    }

    private static void gateLess(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci, int n) {
        for (int i = 0; i < n; i += WIDTH) {
            store(Lanes.gateLess(load(a, ai + i), load(b, bi + i), load(c, ci + i)), out, o + i);
        }
    }

    private static void multiplyAdd(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci,
                                    int n) {
        for (int i = 0; i < n; i += WIDTH) {
            store(Lanes.multiplyAdd(load(a, ai + i), load(b, bi + i), load(c, ci + i)), out, o + i);
        }
    }

    private static void multiplySubtract(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci,
                                         int n) {
        for (int i = 0; i < n; i += WIDTH) {
            store(Lanes.multiplySubtract(load(a, ai + i), load(b, bi + i), load(c, ci + i)), out, o + i);
        }
    }

    private static void subtractProduct(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci,
                                        int n) {
        for (int i = 0; i < n; i += WIDTH) {
            store(Lanes.subtractProduct(load(a, ai + i), load(b, bi + i), load(c, ci + i)), out, o + i);
        }
    }
}
