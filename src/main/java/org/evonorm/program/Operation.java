package org.evonorm.program;

/**
 * The operation of an instruction. These are all the functions that a back end must know; a, b and c are the inputs in
 * their order, and eps is {@link org.evonorm.graph.LayerGraph#EPSILON}.
 */
public enum Operation {
    // Leaves.
    /** The layer's input, [B, H, W, C]. */
    X(Kind.LEAF),
    /** Derivative of the loss with respect to the layer's output, [B, H, W, C]. */
    DY(Kind.LEAF),
    /** Trainable vector v0, [C]; the same value for all channels where the layer has one value per layer. */
    V0(Kind.LEAF),
    /** Trainable vector v1, [C]; as v0. */
    V1(Kind.LEAF),
    /** Scale of the trailing affine, [C]. */
    GAMMA(Kind.LEAF),
    /** Shift of the trailing affine, [C]. */
    BETA(Kind.LEAF),
    /** The layer's input at the point of linearisation, [B, H, W, C]; see {@link LayerLowering#frozen}. */
    FROZEN_X(Kind.LEAF),
    /** v0 at the point of linearisation, [C]. */
    FROZEN_V0(Kind.LEAF),
    /** v1 at the point of linearisation, [C]. */
    FROZEN_V1(Kind.LEAF),
    /** The bias-corrected running statistic number {@link Instruction#argument()}, [C]; in evaluation mode only. */
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
    /** erf a */
    ERF(Kind.ELEMENTWISE),
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
    /** c where {@code a < b}, else 0: the derivative of MAX with respect to b, times c */
    GATE_LESS(Kind.ELEMENTWISE),

    // Reductions of tensors [B, H, W, C] to sample-channel values [B, C].
    /** Mean over width and height. */
    MEAN_WH(Kind.REDUCTION),
    /** Biased variance over width and height. */
    VARIANCE_WH(Kind.REDUCTION),

    // Within a pixel.
    /** Mean over all channels of each pixel: tensors [B, H, W, C] to pixel values [B, H, W, 1]. */
    PIXEL_MEAN(Kind.PIXEL),

    // On small values, which are [B, C] or [C].
    /** Mean over the batch: sample-channel values [B, C] to a vector [C]. */
    MEAN_B(Kind.SMALL),
    /** Mean over all channels, repeated at each channel. */
    MEAN_C(Kind.SMALL),
    /** Mean over the channels of a group, repeated at each channel of the group. */
    MEAN_G(Kind.SMALL);

    /** The kinds of operations, which a schedule places in different ways. */
    public enum Kind {
        /** An input of the program. */
        LEAF,
        /** A function of the values at one position. */
        ELEMENTWISE,
        /** A mean or variance over (w, h), which is known only after a pass over a sample. */
        REDUCTION,
        /** A mean over the channels of a pixel, which is known as soon as the pixel is. */
        PIXEL,
        /** A mean of values that are small already. */
        SMALL
    }

    private final Kind kind;

    Operation(Kind kind) {
        this.kind = kind;
    }

    /** The kind of this operation. */
    public Kind kind() {
        return kind;
    }
}
