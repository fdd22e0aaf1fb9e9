package org.evonorm.engine.dl4j;

import org.evonorm.graph.LayerGraph;
import org.evonorm.program.Operation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.Op;
import org.nd4j.linalg.api.ops.impl.scalar.Step;
import org.nd4j.linalg.api.ops.impl.transforms.custom.Max;
import org.nd4j.linalg.api.ops.impl.transforms.floating.Sqrt;
import org.nd4j.linalg.api.ops.impl.transforms.same.Abs;
import org.nd4j.linalg.api.ops.impl.transforms.same.Negative;
import org.nd4j.linalg.api.ops.impl.transforms.same.Sign;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Erf;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Exp;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Log;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Sigmoid;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Tanh;
import org.nd4j.linalg.factory.Nd4j;

/** Elementwise operations of programs as ND4J operations. Results go to {@code out}, which must not be an operand. */
final class Elementary {

    private static final double EPSILON = LayerGraph.EPSILON;

    private Elementary() {}

    /** Computes an operation of one operand; LOG and SQRT without the factor sign(a). */
    static void unary(Operation operation, INDArray a, INDArray out) {
        switch (operation) {
            case NEG -> run(new Negative(a, out));
            case SQUARE -> a.mul(a, out);
            case ABS -> run(new Abs(a, out));
            case EXP -> run(new Exp(a, out));
            case TANH -> run(new Tanh(a, out));
            case SIGMOID -> run(new Sigmoid(a, out));
            case ERF -> run(new Erf(a, out));
            case LOG -> {
                absPlusEpsilon(a, out);
                run(new Log(out, out));
            }
            case SQRT -> {
                absPlusEpsilon(a, out);
                run(new Sqrt(out, out));
            }
            case RECIPROCAL -> reciprocal(a, out);
            case ROOT -> {
                a.add(EPSILON, out);
                run(new Sqrt(out, out));
            }
            case INVERSE -> a.rdiv(1, out);
            case SIGN -> sign(a, out);
            case LOG_SLOPE -> {
                absPlusEpsilon(a, out);
                out.rdivi(1);
            }
            case SQRT_SLOPE -> {
                absPlusEpsilon(a, out);
                run(new Sqrt(out, out));
                out.rdivi(0.5);
            }
            default -> throw new AssertionError(operation);
        }
    }

    /** The sign: −1, 0 or 1. */
    static void sign(INDArray a, INDArray out) {
        run(new Sign(a, out));
    }

    /**
     * The maximum; NaN if one of the operands is NaN. ND4J's maximum gives the second operand if one is NaN, and the
     * first if it uses a single value for a scalar; this would hide a divergence. So both orders are computed and
     * averaged.
     */
    static void max(INDArray a, INDArray b, INDArray out) {
        INDArray wideA = a.equalShapes(out) ? a : a.broadcast(out.shape());
        INDArray wideB = b.equalShapes(out) ? b : b.broadcast(out.shape());
        Nd4j.exec(new Max(wideA, wideB, out));
        INDArray other = Nd4j.exec(new Max(wideB, wideA, out.ulike()))[0];
        out.addi(other).muli(0.5);
    }

    /** {@code c} where {@code a < b} (if {@code less}) or {@code a >= b} (if not), and 0 elsewhere. */
    static void gate(boolean less, INDArray a, INDArray b, INDArray c, INDArray out) {
        INDArray open = b.sub(a);
        run(new Step(open, open, 0));
        if (!less) {
            open.rsubi(1);
        }
        open.mul(c, out);
    }

    /** {@code |a| + eps}. */
    private static void absPlusEpsilon(INDArray a, INDArray out) {
        run(new Abs(a, out));
        out.addi(EPSILON);
    }

    /** {@code 1 / (a + copysign(eps, a))}, where zeros of either sign count as positive. */
    private static void reciprocal(INDArray a, INDArray out) {
        run(new Negative(a, out));
        run(new Step(out, out, 0));
        out.muli(-2 * EPSILON).addi(EPSILON).addi(a).rdivi(1);
    }

    private static void run(Op operation) {
        Nd4j.getExecutioner().exec(operation);
    }
}
