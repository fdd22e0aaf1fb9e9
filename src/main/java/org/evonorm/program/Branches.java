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

        /** ln(m + eps), beyond zero 4 ln eps − 3 ln(|m| + eps) + 2 − 2 eps / (|m| + eps). */
        @Override
        public int log(int a, int aAtPoint) {
            // LOG is 0 at 0, where the branch is ln eps.
            int positive = builder.elementwise(Operation.MAX, farness(a, aAtPoint), builder.constant(Float.MIN_NORMAL));
            int logarithm = builder.elementwise(Operation.LOG, positive);
            int beyond = builder.sub(
                    builder.sub(
                            builder.constant(4 * Math.log(EPSILON) + 2), builder.mul(logarithm, builder.constant(3))),
                    builder.mul(builder.elementwise(LOG_SLOPE, positive), builder.constant(2 * EPSILON)));
            return odd(a, aAtPoint, logarithm, beyond, 1 / EPSILON);
        }

        /** 1 / (m + eps), beyond zero (3 − 2 eps / (|m| + eps)) / (|m| + eps). */
        @Override
        public int logDerivative(int a, int aAtPoint) {
            int slope = builder.elementwise(LOG_SLOPE, abs(a, aAtPoint));
            int factor = builder.sub(builder.constant(3), builder.mul(slope, builder.constant(2 * EPSILON)));
            return sided(a, aAtPoint, slope, builder.mul(slope, factor));
        }

        /** sqrt(m + eps), beyond zero 4 sqrt(eps) − 2 r − eps / r with r = sqrt(|m| + eps). */
        @Override
        public int sqrt(int a, int aAtPoint) {
            int root = builder.elementwise(ROOT, farness(a, aAtPoint));
            int beyond = builder.sub(
                    builder.sub(builder.constant(4 * Math.sqrt(EPSILON)), builder.mul(root, builder.constant(2))),
                    builder.mul(builder.elementwise(INVERSE, root), builder.constant(EPSILON)));
            return odd(a, aAtPoint, root, beyond, 0.5 / Math.sqrt(EPSILON));
        }

        /** 1 / (2 r), beyond zero (2 − eps / r²) / (2 r), with r = sqrt(|m| + eps). */
        @Override
        public int sqrtDerivative(int a, int aAtPoint) {
            int slope = builder.elementwise(SQRT_SLOPE, abs(a, aAtPoint));
            int factor = builder.sub(
                    builder.constant(2),
                    builder.mul(builder.elementwise(SQUARE, slope), builder.constant(4 * EPSILON)));
            return sided(a, aAtPoint, slope, builder.mul(slope, factor));
        }

        /**
         * An odd function sign(a) · f(|a|) on its branch, where m is a times the sign of its value at the point.
         *
         * <p>ln(m + eps) and sqrt(m + eps) end at m = −eps, and a value within a step of zero may cross that: a NaN of
         * the continuation would pass for an exploding gradient. A tangent would turn small crossings into large
         * values, place after place. So below zero f goes on with f'(|m|) times a factor that rises from 1 to 2, or to
         * 3 for the logarithm: value, slope and second derivative have no jump at zero, the slope stays below 1.13
         * f'(0), and far away the value grows as slowly as the function itself.
         *
         * @param near        f(|m|)
         * @param beyond      the continuation at m below zero
         * @param slopeAtZero f'(0); a value of exactly 0 at the point, which has no side, has the tangent f'(0) · a
         */
        private int odd(int a, int aAtPoint, int near, int beyond, double slopeAtZero) {
            int sign = absDerivative(a, aAtPoint);
            int tangent = builder.gate(
                    GATE,
                    builder.constant(0),
                    builder.elementwise(SQUARE, sign),
                    builder.mul(a, builder.constant(slopeAtZero)));
            return builder.add(builder.mul(sided(a, aAtPoint, near, beyond), sign), tangent);
        }

        /** The first value where a is on the side of its value at the point, the second where a has crossed zero. */
        private int sided(int a, int aAtPoint, int near, int beyond) {
            int zero = builder.constant(0);
            int magnitude = abs(a, aAtPoint);
            return builder.add(
                    builder.gate(GATE, magnitude, zero, near), builder.gate(GATE_LESS, magnitude, zero, beyond));
        }

        /** |a|; 0 where the value at the point is 0. */
        private int farness(int a, int aAtPoint) {
            return builder.elementwise(Operation.ABS, abs(a, aAtPoint));
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
