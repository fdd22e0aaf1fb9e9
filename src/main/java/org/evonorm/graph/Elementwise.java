package org.evonorm.graph;

import java.util.Locale;

/**
 * The elementwise primitives: functions of the values at one position of [B, H, W, C] (paper, table 1). eps is
 * {@link LayerGraph#EPSILON}; values and derivatives at ties and zeros are settled in docs/design.md, "Primitives".
 */
public enum Elementwise implements Primitive {
    /** a + b */
    ADD(2),
    /** a · b */
    MUL(2),
    /** a / (b + copysign(eps, b)), where copysign(eps, ±0) = +eps */
    DIV(2),
    /** The larger of a and b; a tie sends the gradient to a. */
    MAX(2),
    /** −a */
    NEG(1),
    /** 1 / (1 + exp(−a)) */
    SIGMOID(1),
    /** tanh a */
    TANH(1),
    /** exp a */
    EXP(1),
    /** sign(a) · ln(|a| + eps), with derivative 1 / (|a| + eps) */
    LOG(1),
    /** |a|, with derivative 0 at 0 */
    ABS(1),
    /** a² */
    SQUARE(1),
    /** sign(a) · sqrt(|a| + eps), with derivative 1 / (2 sqrt(|a| + eps)) */
    SQRT(1),
    /**
     * erf a, 2/sqrt(π) times the integral of exp(−t²) from 0 to a; not in the paper, whose set of primitives ends
     * before
     */
    ERF(1);

    private final int arity;

    Elementwise(int arity) {
        this.arity = arity;
    }

    @Override
    public boolean isInPaper() {
        return this != ERF;
    }

    @Override
    public int arity() {
        return arity;
    }

    @Override
    public String symbol() {
        return name().toLowerCase(Locale.ROOT);
    }
}
