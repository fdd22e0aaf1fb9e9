package org.evonorm.engine.pass;

import org.evonorm.program.Operation;

/**
 * An operation of a tile pass: the elementwise operations of programs, three operations that fuse a product with a sum,
 * and means over the channels of each pixel. Every back end computes all of them in the same order of roundings, so that back ends give the
 * same bits.
 */
public enum TileOperation {
    /** a + b */
    ADD(2),
    /** a − b */
    SUB(2),
    /** a · b */
    MUL(2),
    /** a where a ≥ b, else b */
    MAX(2),
    /** −a */
    NEG(1),
    /** a² */
    SQUARE(1),
    /** |a| */
    ABS(1),
    /** exp a */
    EXP(1),
    /** tanh a */
    TANH(1),
    /** 1 / (1 + exp(−a)) */
    SIGMOID(1),
    /** erf a */
    ERF(1),
    /** sign(a) · ln(|a| + eps) */
    LOG(1),
    /** sign(a) · sqrt(|a| + eps) */
    SQRT(1),
    /** 1 / (a + copysign(eps, a)) */
    RECIPROCAL(1),
    /** sqrt(a + eps) */
    ROOT(1),
    /** 1 / a */
    INVERSE(1),
    /** −1, 0 or 1 */
    SIGN(1),
    /** 1 / (|a| + eps) */
    LOG_SLOPE(1),
    /** 1 / (2 sqrt(|a| + eps)) */
    SQRT_SLOPE(1),
    /** c where a ≥ b, else 0 */
    GATE(3),
    /** c where {@literal a < b}, else 0 */
    GATE_LESS(3),
    /** a · b + c, rounded once */
    MULTIPLY_ADD(3),
    /** a · b − c, rounded once */
    MULTIPLY_SUBTRACT(3),
    /** c − a · b, rounded once */
    SUBTRACT_PRODUCT(3),
    /** The mean of a over the channels of each pixel, repeated at each channel. */
    PIXEL_MEAN(1),
    /** The mean of a · b over the channels of each pixel; products are added without rounding. */
    PIXEL_MEAN_OF_PRODUCT(2);

    private final int operands;

    TileOperation(int operands) {
        this.operands = operands;
    }

    /** Whether this is a mean over the channels of each pixel, not a function of the values at one position. */
    public boolean isPixelMean() {
        return this == PIXEL_MEAN || this == PIXEL_MEAN_OF_PRODUCT;
    }

    /** The number of operands, 1 to 3. */
    public int operands() {
        return operands;
    }

    /**
     * The tile operation that computes an elementwise operation or a pixel mean of programs.
     *
     * @throws IllegalArgumentException if the operation is a leaf, a reduction or a mean of small values
     */
    public static TileOperation of(Operation operation) {
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
            case PIXEL_MEAN -> PIXEL_MEAN;
            case X,
                    DY,
                    V0,
                    V1,
                    GAMMA,
                    BETA,
                    FROZEN_X,
                    FROZEN_V0,
                    FROZEN_V1,
                    RUNNING_STATISTIC,
                    CONSTANT,
                    MEAN_WH,
                    VARIANCE_WH,
                    MEAN_B,
                    MEAN_C,
                    MEAN_G -> throw new IllegalArgumentException(operation + " is no operation of a pass");
        };
    }
}
