package org.evonorm.network;

import java.io.Serializable;

/**
 * The padding of an image before windows slide over it, in pixels per side. Exporters write sides that differ where a
 * stride divides the image and the padding does not.
 */
public record Padding(int top, int left, int bottom, int right) implements Serializable {

    /** No padding. */
    public static final Padding NONE = all(0);

    /** The same padding on every side. */
    public static Padding all(int pixels) {
        return new Padding(pixels, pixels, pixels, pixels);
    }

    /** The smallest side. */
    int smallest() {
        return Math.min(Math.min(top, left), Math.min(bottom, right));
    }

    /** The largest side. */
    public int largest() {
        return Math.max(Math.max(top, left), Math.max(bottom, right));
    }

    /** The sum of this padding and another one, side by side. */
    public Padding plus(Padding other) {
        return new Padding(top + other.top, left + other.left, bottom + other.bottom, right + other.right);
    }
}
