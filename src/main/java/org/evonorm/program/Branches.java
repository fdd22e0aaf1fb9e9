package org.evonorm.program;

import static org.evonorm.program.Operation.GATE;
import static org.evonorm.program.Operation.GATE_LESS;
import static org.evonorm.program.Operation.INVERSE;
import static org.evonorm.program.Operation.LOG_SLOPE;
import static org.evonorm.program.Operation.RECIPROCAL;
import static org.evonorm.program.Operation.ROOT;
import static org.evonorm.program.Operation.SIGN;
import static org.evonorm.program.Operation.SQRT_SLOPE;

import org.evonorm.graph.LayerGraph;

/**
 * The functions that have a kink or jump, and their derivatives. What comes as {@code side} decides on which side of the
 * kink the function is taken, where kinks are held.
 */
interface Branches {

    int max(int a, int b, int sideA, int sideB);

    int abs(int a, int side);

    /** The derivative of abs. */
    int sign(int a, int side);

    int log(int a, int side);

    int logSlope(int a, int side);

    int sqrt(int a, int side);

    int sqrtSlope(int a, int side);

    int reciprocal(int a, int side);

    /** Every value is on its own side. */
    record Live(ProgramBuilder builder) implements Branches {

        @Override
        public int max(int a, int b, int sideA, int sideB) {
            return builder.elementwise(Operation.MAX, a, b);
        }

        @Override
        public int abs(int a, int side) {
            return builder.elementwise(Operation.ABS, a);
        }

        @Override
        public int sign(int a, int side) {
            return builder.elementwise(SIGN, a);
        }

        @Override
        public int log(int a, int side) {
            return builder.elementwise(Operation.LOG, a);
        }

        @Override
        public int logSlope(int a, int side) {
            return builder.elementwise(LOG_SLOPE, a);
        }

        @Override
        public int sqrt(int a, int side) {
            return builder.elementwise(Operation.SQRT, a);
        }

        @Override
        public int sqrtSlope(int a, int side) {
            return builder.elementwise(SQRT_SLOPE, a);
        }

        @Override
        public int reciprocal(int a, int side) {
            return builder.elementwise(RECIPROCAL, a);
        }
    }

    /** Values that have crossed to the other side are taken as if the near side went on smoothly. */
    record Frozen(ProgramBuilder builder) implements Branches {

        private static final double EPSILON = LayerGraph.EPSILON;

        @Override
        public int max(int a, int b, int sideA, int sideB) {
            return builder.add(builder.gate(GATE, sideA, sideB, a), builder.gate(GATE_LESS, sideA, sideB, b));
        }

        @Override
        public int abs(int a, int side) {
            return builder.mul(a, sign(a, side));
        }

        @Override
        public int sign(int a, int side) {
            return builder.elementwise(SIGN, side);
        }

        /** Beyond zero, where no logarithm of |a| + eps goes on, its tangent at zero does. */
        @Override
        public int log(int a, int side) {
            int size = abs(a, side);
            int zero = builder.constant(0);
            int tangent =
                    builder.add(builder.mul(size, builder.constant(1 / EPSILON)), builder.constant(Math.log(EPSILON)));
            int logarithm = builder.add(
                    builder.gate(GATE, size, zero, builder.elementwise(Operation.LOG, size)),
                    builder.gate(GATE_LESS, size, zero, tangent));
            return builder.mul(logarithm, sign(a, side));
        }

        @Override
        public int logSlope(int a, int side) {
            return builder.elementwise(INVERSE, builder.add(abs(a, side), builder.constant(EPSILON)));
        }

        @Override
        public int sqrt(int a, int side) {
            return builder.mul(builder.elementwise(ROOT, abs(a, side)), sign(a, side));
        }

        @Override
        public int sqrtSlope(int a, int side) {
            int root = builder.elementwise(ROOT, abs(a, side));
            return builder.mul(builder.elementwise(INVERSE, root), builder.constant(0.5));
        }

        /** 1 / (a ± eps), with the sign of the side, that of zero being +. */
        @Override
        public int reciprocal(int a, int side) {
            int guard = builder.sub(
                    builder.gate(GATE, side, builder.constant(0), builder.constant(2 * EPSILON)),
                    builder.constant(EPSILON));
            return builder.elementwise(INVERSE, builder.add(a, guard));
        }
    }
}
