package org.evonorm.engine;

import java.util.List;

/**
 * A trainable tensor's stretch of the flat parameter vector.
 *
 * @param name   unique in the model, for example {@code 12.weights} for the operator with index 12
 * @param shape  convolutions [groups, out per group, in per group, kernel, kernel], dense [units, in], vectors [C]
 * @param offset index of the first value in the flat vector
 */
public record Parameter(String name, Role role, List<Integer> shape, int offset) {

    /** What a parameter is, which decides how it starts and whether it decays. */
    public enum Role {
        /** Convolution weights: He-normal by fan-out, decayed. */
        CONVOLUTION,
        /** Dense weights: normal with deviation 0.01, decayed. */
        DENSE,
        /** Starts at 0: biases, v0, shifts. */
        ZERO,
        /** Starts at 1: v1, scales. */
        ONE;

        /** Whether weight decay applies (DESIGN section 3: to convolution and dense weights alone). */
        public boolean decayed() {
            return this == CONVOLUTION || this == DENSE;
        }
    }

    /** Number of values. */
    public int size() {
        return shape.stream().reduce(1, Math::multiplyExact);
    }
}
