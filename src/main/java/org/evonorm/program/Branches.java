package org.evonorm.program;

import static org.evonorm.program.Operation.GATE;
import static org.evonorm.program.Operation.GATE_LESS;
import static org.evonorm.program.Operation.INVERSE;
import static org.evonorm.program.Operation.LOG_SLOPE;
import static org.evonorm.program.Operation.RECIPROCAL;
import static org.evonorm.program.Operation.ROOT;
import static org.evonorm.program.Operation.SIGN;
import static org.evonorm.program.Operation.SQRT_SLOPE;
import static org.evonorm.program.Operation.SQUARE;

import org.evonorm.graph.LayerGraph;

/**
 * The functions with branches (max, abs, log, sqrt and the reciprocal of div) and their derivatives, as instructions of
 * a program. The branches are apart from the lowering because two programs take them differently: {@link Live} branches
 * for training and evaluation, {@link Frozen} branches for the product of the Hessian and a vector in the stability
 * filter.
 *
 * <p>Each function has a branch per sign of its input, and max a branch per order of its inputs. A gradient jumps where
 * an input changes from one branch to another. A central difference of gradients on both sides of the jump would count
 * the jump as curvature; automatic differentiation, which keeps to the branch taken at the point of linearisation, does
 * not. Hence frozen branches: the function is linearised on the branch taken at a point. Every frozen function gets two
 * values per input, the value here and the value at the point. The value at the point chooses the branch, and the
 * formula of the chosen branch is evaluated here, also where the value here lies on the side of another branch. Where
 * both values choose the same branch, frozen and live functions agree.
 *
 * <p>Arguments and results are indices of instructions. Arguments that end in {@code AtPoint} are the values at the
 * point of linearisation; live branches ignore them. eps is {@link LayerGraph#EPSILON}.
 */
interface Branches {

    /** a where a ≥ b, else b. */
    int max(int a, int b, int aAtPoint, int bAtPoint);

    /** |a| */
    int abs(int a, int aAtPoint);

    /** The derivative of {@link #abs}: −1, 0 or 1. */
    int absDerivative(int a, int aAtPoint);

    /** sign(a) · ln(|a| + eps) */
    int log(int a, int aAtPoint);

    /** The derivative of {@link #log}: 1 / (|a| + eps). */
    int logDerivative(int a, int aAtPoint);

    /** sign(a) · sqrt(|a| + eps) */
    int sqrt(int a, int aAtPoint);

    /** The derivative of {@link #sqrt}: 1 / (2 sqrt(|a| + eps)). */
    int sqrtDerivative(int a, int aAtPoint);

    /** 1 / (a + copysign(eps, a)), with copysign(eps, ±0) = +eps. */
    int reciprocal(int a, int aAtPoint);

    /** Live branches: every value chooses its own branch. */
    record Live(ProgramBuilder builder) implements Branches {

        @Override
        public int max(int a, int b, int aAtPoint, int bAtPoint) {
            return builder.elementwise(Operation.MAX, a, b);
        }

        @Override
        public int abs(int a, int aAtPoint) {
            return builder.elementwise(Operation.ABS, a);
        }

        @Override
        public int absDerivative(int a, int aAtPoint) {
            return builder.elementwise(SIGN, a);
        }

        @Override
        public int log(int a, int aAtPoint) {
            return builder.elementwise(Operation.LOG, a);
        }

        @Override
        public int logDerivative(int a, int aAtPoint) {
            return builder.elementwise(LOG_SLOPE, a);
        }

        @Override
        public int sqrt(int a, int aAtPoint) {
            return builder.elementwise(Operation.SQRT, a);
        }

        @Override
        public int sqrtDerivative(int a, int aAtPoint) {
            return builder.elementwise(SQRT_SLOPE, a);
        }

        @Override
        public int reciprocal(int a, int aAtPoint) {
            return builder.elementwise(RECIPROCAL, a);
        }
    }

    /** Frozen branches: the value at the point of linearisation chooses the branch. */
    record Frozen(ProgramBuilder builder) implements Branches {

        private static final double EPSILON = LayerGraph.EPSILON;
        private static final double LOG_SLOPE_AT_ZERO = 1 / EPSILON;
        private static final double SQRT_SLOPE_AT_ZERO = 0.5 / Math.sqrt(EPSILON);

        @Override
        public int max(int a, int b, int aAtPoint, int bAtPoint) {
            return builder.add(
                    builder.gate(GATE, aAtPoint, bAtPoint, a), builder.gate(GATE_LESS, aAtPoint, bAtPoint, b));
        }

        /** a times the sign of its value at the point; negative where a has crossed zero. */
        @Override
        public int abs(int a, int aAtPoint) {
            return builder.mul(a, absDerivative(a, aAtPoint));
        }

        @Override
        public int absDerivative(int a, int aAtPoint) {
            return builder.elementwise(SIGN, aAtPoint);
        }

        @Override
        public int log(int a, int aAtPoint) {
            // LOG is 0 at 0, where the branch is ln eps.
            int magnitude = abs(a, aAtPoint);
            int positive = builder.elementwise(
                    Operation.MAX, builder.elementwise(Operation.ABS, magnitude), builder.constant(Float.MIN_NORMAL));
            return continued(a, aAtPoint, builder.elementwise(Operation.LOG, positive), LOG_SLOPE_AT_ZERO);
        }

        @Override
        public int logDerivative(int a, int aAtPoint) {
            return continuedDerivative(a, aAtPoint, LOG_SLOPE, LOG_SLOPE_AT_ZERO);
        }

        @Override
        public int sqrt(int a, int aAtPoint) {
            int root = builder.elementwise(ROOT, builder.elementwise(Operation.ABS, abs(a, aAtPoint)));
            return continued(a, aAtPoint, root, SQRT_SLOPE_AT_ZERO);
        }

        @Override
        public int sqrtDerivative(int a, int aAtPoint) {
            return continuedDerivative(a, aAtPoint, SQRT_SLOPE, SQRT_SLOPE_AT_ZERO);
        }

        /**
         * The branch of an odd function sign(a) · f(|a|), continued beyond zero. ln(m + eps) and sqrt(m + eps) end at
         * m = −eps, and a value that lies within a step of zero crosses −eps: a NaN of the continuation would pass for
         * an exploding gradient. So f goes on below zero with the slope 2 f'(0) − f'(|m|), the reflection of the slope
         * above zero. Value, slope and second derivative have no jump at zero, the slope stays between f'(0) and
         * 2 f'(0), and the curvature that a central difference sees, averaged over values on both sides of the step's
         * length, is the branch's own. A value of exactly 0 has the tangent f'(0) · a.
         *
         * @param ofMagnitude f(|m|), where m is a times the sign of its value at the point
         * @param slope       f'(0)
         */
        private int continued(int a, int aAtPoint, int ofMagnitude, double slope) {
            int sign = absDerivative(a, aAtPoint);
            int zero = builder.constant(0);
            int magnitude = abs(a, aAtPoint);
            int beyond = builder.gate(GATE_LESS, magnitude, zero, builder.mul(magnitude, builder.constant(2 * slope)));
            int tangent = builder.gate(
                    GATE, zero, builder.elementwise(SQUARE, sign), builder.mul(a, builder.constant(slope)));
            return builder.add(builder.mul(builder.add(ofMagnitude, beyond), sign), tangent);
        }

        private int continuedDerivative(int a, int aAtPoint, Operation derivative, double slope) {
            int zero = builder.constant(0);
            int magnitude = abs(a, aAtPoint);
            int mirrored = builder.elementwise(derivative, magnitude);
            return builder.add(
                    builder.gate(GATE, magnitude, zero, mirrored),
                    builder.gate(GATE_LESS, magnitude, zero, builder.sub(builder.constant(2 * slope), mirrored)));
        }

        /** 1 / (a ± eps), with the sign of the value at the point; the sign of zero is +. */
        @Override
        public int reciprocal(int a, int aAtPoint) {
            int guard = builder.sub(
                    builder.gate(GATE, aAtPoint, builder.constant(0), builder.constant(2 * EPSILON)),
                    builder.constant(EPSILON));
            return builder.elementwise(INVERSE, builder.add(a, guard));
        }
    }
}
