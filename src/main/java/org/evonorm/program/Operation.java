package org.evonorm.program;

/** What an instruction of a program computes; eps is {@link org.evonorm.graph.LayerGraph#EPSILON}. */
public enum Operation {
    // Leaves.
    /** The layer's input. */
    X(Kind.LEAF),
    /** Derivative of the loss with respect to the layer's output. */
    DY(Kind.LEAF),
    /** Trainable vector v0. */
    V0(Kind.LEAF),
    /** Trainable vector v1. */
    V1(Kind.LEAF),
    /** Scale of the trailing affine. */
    GAMMA(Kind.LEAF),
    /** Shift of the trailing affine. */
    BETA(Kind.LEAF),
    /** The layer's input where kinks took the sides that they are held on; see {@link LayerLowering#frozen}. */
    FROZEN_X(Kind.LEAF),
    /** v0 there. */
    FROZEN_V0(Kind.LEAF),
    /** v1 there. */
    FROZEN_V1(Kind.LEAF),
    /** A bias-corrected running statistic, numbered by {@link Instruction#argument()}; evaluation mode only. */
    RUNNING_STATISTIC(Kind.LEAF),
    /** The number {@link Instruction#argument()}. */
    CONSTANT(Kind.LEAF),

    // Elementwise.
    /** a + b */
    ADD(Kind.ELEMENTWISE),
    /** a − b */
    SUB(Kind.ELEMENTWISE),
    /** a · b */
    MUL(Kind.ELEMENTWISE),
    /** a where a ≥ b, else b */
    MAX(Kind.ELEMENTWISE),
    /** −a */
    NEG(Kind.ELEMENTWISE),
    /** a² */
    SQUARE(Kind.ELEMENTWISE),
    /** |a| */
    ABS(Kind.ELEMENTWISE),
    /** exp a */
    EXP(Kind.ELEMENTWISE),
    /** tanh a */
    TANH(Kind.ELEMENTWISE),
    /** 1 / (1 + exp(−a)) */
    SIGMOID(Kind.ELEMENTWISE),
    /** sign(a) · ln(|a| + eps) */
    LOG(Kind.ELEMENTWISE),
    /** sign(a) · sqrt(|a| + eps) */
    SQRT(Kind.ELEMENTWISE),
    /** 1 / (a + copysign(eps, a)), with copysign(eps, 0) = +eps */
    RECIPROCAL(Kind.ELEMENTWISE),
    /** sqrt(a + eps), for a ≥ 0 */
    ROOT(Kind.ELEMENTWISE),
    /** 1 / a */
    INVERSE(Kind.ELEMENTWISE),
    /** The derivative of ABS: −1, 0 or 1 */
    SIGN(Kind.ELEMENTWISE),
    /** The derivative of LOG: 1 / (|a| + eps) */
    LOG_SLOPE(Kind.ELEMENTWISE),
    /** The derivative of SQRT: 1 / (2 sqrt(|a| + eps)) */
    SQRT_SLOPE(Kind.ELEMENTWISE),
    /** c where a ≥ b, else 0: the derivative of MAX with respect to a, times c */
    GATE(Kind.ELEMENTWISE),
    /** c where a < b, else 0: the derivative of MAX with respect to b, times c */
    GATE_LESS(Kind.ELEMENTWISE),

    // From tensors to planes.
    /** Mean over width and height. */
    MEAN_WH(Kind.REDUCTION),
    /** Mean over width and height of the squared distance from that mean. */
    VARIANCE_WH(Kind.REDUCTION),

    // On small values.
    /** Mean over the batch: a plane to a channel vector. */
    MEAN_B(Kind.SMALL),
    /** Mean over all channels, at each channel. */
    MEAN_C(Kind.SMALL),
    /** Mean over the channels of a group, at each of its channels. */
    MEAN_G(Kind.SMALL);

    /** Classes of operations that a schedule tells apart. */
    public enum Kind {
        LEAF,
        ELEMENTWISE,
        REDUCTION,
        SMALL
    }

    private final Kind kind;

    Operation(Kind kind) {
        this.kind = kind;
    }

    /** What class of operation this is. */
    public Kind kind() {
        return kind;
    }
}
