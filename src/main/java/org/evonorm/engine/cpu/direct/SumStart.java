package org.evonorm.engine.cpu.direct;

/** What the sums of a convolution or data gradient start from. */
enum SumStart {
    /** 0. */
    ZERO,
    /** A tensor of the output's shape, as a residual or the terms of later operators. */
    TENSOR,
    /** One value per channel, the bias. */
    CHANNELS
}
