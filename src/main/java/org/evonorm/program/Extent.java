package org.evonorm.program;

/**
 * The extent of a value: the dimensions of [B, H, W, C] over which it varies. Extents take the place of shapes in a
 * program, which knows no sizes, and tell cheap values from tensors.
 */
public enum Extent {
    /** One number, known when the program is made: []. */
    CONSTANT,
    /** One value per channel: [C]. */
    CHANNEL,
    /** A sample-channel value, one per sample and channel: [B, C]. Values per sample or per group are stored so too. */
    SAMPLE_CHANNEL,
    /** A pixel value, one per sample and pixel: [B, H, W, 1]. */
    PIXEL,
    /** One value per position: [B, H, W, C]. */
    TENSOR;

    /** The extent of an elementwise combination of two values: all dimensions over which one of the two varies. */
    public Extent join(Extent other) {
        if (compareTo(other) < 0) {
            return other.join(this);
        }
        return this == PIXEL && (other == SAMPLE_CHANNEL || other == CHANNEL) ? TENSOR : this;
    }

    /** Whether there is at most one value per sample and channel, so that storing the values costs little. */
    public boolean isSmall() {
        return this != TENSOR && this != PIXEL;
    }
}
