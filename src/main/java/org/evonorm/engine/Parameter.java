package org.evonorm.engine;

import java.util.List;

/**
 * One trainable tensor and its range in the flat parameter vector.
 *
 * @param name   unique in the model, for example {@code 12.weights} for the operator with index 12
 * @param role   decides on the initial values and on weight decay
 * @param shape  convolutions [groups, out per group, in per group, kernel, kernel], dense [units, in], positions [H, W,
 *               C], vectors [C], or [1] with one value per layer
 * @param start  the initial value of vectors; 0 for weights, which start at random
 * @param offset index of the first value in the flat vector
 */
public record Parameter(String name, Role role, List<Integer> shape, double start, int offset) {

    /** Weights, which start at random. */
    public Parameter(String name, Role role, List<Integer> shape, int offset) {
        this(name, role, shape, 0, offset);
    }

    /** The kind of a parameter, with its initial values and weight decay (docs/design.md, "Training rules"). */
    public enum Role {
        /** Convolution weights: initially He-normal by fan-out, with weight decay. */
        CONVOLUTION,
        /** Dense weights: initially normal with standard deviation 0.01, with weight decay. */
        DENSE,
        /** Learned positions: initially normal with standard deviation 0.02, without weight decay. */
        POSITIONS,
        /** Layer scales, biases, v0, v1, gamma and beta: initially the parameter's start value, without weight decay. */
        VECTOR;

        /** Whether weight decay applies: to convolution and dense weights alone. */
        public boolean decayed() {
            return this == CONVOLUTION || this == DENSE;
        }
    }

    /** Number of values. */
    public int size() {
        return shape.stream().reduce(1, Math::multiplyExact);
    }
}
