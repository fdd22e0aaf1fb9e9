package org.evonorm.engine.cpu.vector;

import static org.evonorm.engine.cpu.vector.VectorFunctions.WIDTH;
import static org.evonorm.engine.cpu.vector.VectorFunctions.load;
import static org.evonorm.engine.cpu.vector.VectorFunctions.store;

import org.evonorm.engine.pass.TileOperation;

/**
 * An elementwise operation as a loop over arrays around one function of {@link VectorFunctions}. The back end of
 * kernels runs passes with these loops, step by step. Counts are multiples of the vector width: arrays have room for
 * the lanes beyond their last value, and the contents of these lanes are undefined.
 */
public enum Kernel {
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
    ERF(Kernel::erf),
    LOG(Kernel::signedLog),
    SQRT(Kernel::signedSqrt),
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

    private final Loop loop;

    Kernel(Loop loop) {
        this.loop = loop;
    }

    /**
     * The kernel that computes a tile operation.
     *
     * @throws IllegalArgumentException if the operation is a pixel mean, which is no function of single positions
     */
    public static Kernel of(TileOperation operation) {
        return switch (operation) {
            case ADD -> ADD;
            case SUB -> SUB;
            case MUL -> MUL;
            case MAX -> MAX;
            case NEG -> NEG;
            case SQUARE -> SQUARE;
            case ABS -> ABS;
            case EXP -> EXP;
            case TANH -> TANH;
            case SIGMOID -> SIGMOID;
            case ERF -> ERF;
            case LOG -> LOG;
            case SQRT -> SQRT;
            case RECIPROCAL -> RECIPROCAL;
            case ROOT -> ROOT;
            case INVERSE -> INVERSE;
            case SIGN -> SIGN;
            case LOG_SLOPE -> LOG_SLOPE;
            case SQRT_SLOPE -> SQRT_SLOPE;
            case GATE -> GATE;
            case GATE_LESS -> GATE_LESS;
            case MULTIPLY_ADD -> MULTIPLY_ADD;
            case MULTIPLY_SUBTRACT -> MULTIPLY_SUBTRACT;
            case SUBTRACT_PRODUCT -> SUBTRACT_PRODUCT;
            case PIXEL_MEAN, PIXEL_MEAN_OF_PRODUCT ->
                throw new IllegalArgumentException(operation + " has no kernel of single positions");
        };
    }

    /**
     * Sets {@code out[o + i] = operation(a[ai + i], b[bi + i], c[ci + i])} for {@code i} from 0 to {@code count − 1}.
     * Operands that the operation does not take may be any array.
     *
     * @param count a multiple of {@link VectorFunctions#WIDTH}
     */
    public void run(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci, int count) {
        loop.run(out, o, a, ai, b, bi, c, ci, count);
    }

    private interface Loop {
        void run(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci, int count);
    }

    private static void add(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci, int n) {
        for (int i = 0; i < n; i += WIDTH) {
            store(VectorFunctions.add(load(a, ai + i), load(b, bi + i)), out, o + i);
        }
    }

    private static void sub(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci, int n) {
        for (int i = 0; i < n; i += WIDTH) {
            store(VectorFunctions.sub(load(a, ai + i), load(b, bi + i)), out, o + i);
        }
    }

    private static void mul(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci, int n) {
        for (int i = 0; i < n; i += WIDTH) {
            store(VectorFunctions.mul(load(a, ai + i), load(b, bi + i)), out, o + i);
        }
    }

    private static void max(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci, int n) {
        for (int i = 0; i < n; i += WIDTH) {
            store(VectorFunctions.max(load(a, ai + i), load(b, bi + i)), out, o + i);
        }
    }

    private static void neg(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci, int n) {
        for (int i = 0; i < n; i += WIDTH) {
            store(VectorFunctions.neg(load(a, ai + i)), out, o + i);
        }
    }

    private static void square(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci, int n) {
        for (int i = 0; i < n; i += WIDTH) {
            store(VectorFunctions.square(load(a, ai + i)), out, o + i);
        }
    }

    private static void abs(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci, int n) {
        for (int i = 0; i < n; i += WIDTH) {
            store(VectorFunctions.abs(load(a, ai + i)), out, o + i);
        }
    }

    private static void exp(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci, int n) {
        for (int i = 0; i < n; i += WIDTH) {
            store(VectorFunctions.exp(load(a, ai + i)), out, o + i);
        }
    }

    private static void tanh(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci, int n) {
        for (int i = 0; i < n; i += WIDTH) {
            store(VectorFunctions.tanh(load(a, ai + i)), out, o + i);
        }
    }

    private static void sigmoid(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci, int n) {
        for (int i = 0; i < n; i += WIDTH) {
            store(VectorFunctions.sigmoid(load(a, ai + i)), out, o + i);
        }
    }

    private static void erf(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci, int n) {
        for (int i = 0; i < n; i += WIDTH) {
            store(VectorFunctions.erf(load(a, ai + i)), out, o + i);
        }
    }

    private static void signedLog(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci, int n) {
        for (int i = 0; i < n; i += WIDTH) {
            store(VectorFunctions.signedLog(load(a, ai + i)), out, o + i);
        }
    }

    private static void signedSqrt(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci, int n) {
        for (int i = 0; i < n; i += WIDTH) {
            store(VectorFunctions.signedSqrt(load(a, ai + i)), out, o + i);
        }
    }

    private static void reciprocal(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci, int n) {
        for (int i = 0; i < n; i += WIDTH) {
            store(VectorFunctions.reciprocal(load(a, ai + i)), out, o + i);
        }
    }

    private static void root(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci, int n) {
        for (int i = 0; i < n; i += WIDTH) {
            store(VectorFunctions.root(load(a, ai + i)), out, o + i);
        }
    }

    private static void inverse(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci, int n) {
        for (int i = 0; i < n; i += WIDTH) {
            store(VectorFunctions.inverse(load(a, ai + i)), out, o + i);
        }
    }

    private static void sign(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci, int n) {
        for (int i = 0; i < n; i += WIDTH) {
            store(VectorFunctions.sign(load(a, ai + i)), out, o + i);
        }
    }

    private static void logSlope(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci, int n) {
        for (int i = 0; i < n; i += WIDTH) {
            store(VectorFunctions.logSlope(load(a, ai + i)), out, o + i);
        }
    }

    private static void sqrtSlope(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci, int n) {
        for (int i = 0; i < n; i += WIDTH) {
            store(VectorFunctions.sqrtSlope(load(a, ai + i)), out, o + i);
        }
    }

    private static void gate(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci, int n) {
        for (int i = 0; i < n; i += WIDTH) {
            store(VectorFunctions.gate(load(a, ai + i), load(b, bi + i), load(c, ci + i)), out, o + i);
        }
    }

    private static void gateLess(float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci, int n) {
        for (int i = 0; i < n; i += WIDTH) {
            store(VectorFunctions.gateLess(load(a, ai + i), load(b, bi + i), load(c, ci + i)), out, o + i);
        }
    }

    private static void multiplyAdd(
            float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci, int n) {
        for (int i = 0; i < n; i += WIDTH) {
            store(VectorFunctions.multiplyAdd(load(a, ai + i), load(b, bi + i), load(c, ci + i)), out, o + i);
        }
    }

    private static void multiplySubtract(
            float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci, int n) {
        for (int i = 0; i < n; i += WIDTH) {
            store(VectorFunctions.multiplySubtract(load(a, ai + i), load(b, bi + i), load(c, ci + i)), out, o + i);
        }
    }

    private static void subtractProduct(
            float[] out, int o, float[] a, int ai, float[] b, int bi, float[] c, int ci, int n) {
        for (int i = 0; i < n; i += WIDTH) {
            store(VectorFunctions.subtractProduct(load(a, ai + i), load(b, bi + i), load(c, ci + i)), out, o + i);
        }
    }
}
