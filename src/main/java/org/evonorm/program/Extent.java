package org.evonorm.program;

/**
 * Over which positions of [B, H, W, C] a value varies, from the least to the most. Combining two values elementwise gives
 * the larger extent.
 */
public enum Extent {
    /** One number, known when the program is made. */
    CONSTANT,
    /** One value a channel: [C]. */
    CHANNEL,
    /** One value a sample and channel: [B, C]. Values per sample or per group are stored so too. */
    SAMPLE_CHANNEL,
    /** [B, H, W, C]. */
    TENSOR;

    /** The extent of an elementwise combination. */
    public Extent join(Extent other) {
        return compareTo(other) >= 0 ? this : other;
    }

    /** Whether values are at most one a sample and channel, so that keeping them costs little. */
    public boolean isSmall() {
        return this != TENSOR;
    }
}
