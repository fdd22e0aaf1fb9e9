package org.evonorm.graph;

import java.io.Serializable;
import java.math.BigDecimal;
import java.util.Locale;

/**
 * The shape and the start value of a trainable vector, v0 or v1, of a layer. The paper's vectors have one value per
 * channel; DyT and Derf have one value per layer. The constructor throws IllegalArgumentException for a start value
 * that is not finite in float32.
 *
 * @param per   the part of a layer that has a value of its own
 * @param start the value from which training starts
 */
public record TrainableVector(Per per, double start) implements Serializable {

    /** The part of a layer that has a trainable value of its own. */
    public enum Per {
        /** One value per channel: [C]. */
        CHANNEL,
        /** One value per layer: [1]. */
        LAYER;

        /** The name in formulas, JSON and settings, for example {@code layer}. */
        public String symbol() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public TrainableVector {
        if (!(Math.abs(start) <= Float.MAX_VALUE)) {
            throw new IllegalArgumentException("a trainable vector starts at a number of float32, not at " + start);
        }
        // One zero, so that equal layers are equal.
        start = start == 0 ? 0 : start;
    }

    /** Number of values in a layer of this many channels. */
    public int size(int channels) {
        return per == Per.LAYER ? 1 : channels;
    }

    /** The form in formulas, for example {@code layer(0.5)}; the number is exact. */
    public String text() {
        return per.symbol() + "(" + number() + ")";
    }

    /** The start value without an exponent and without a point where the number is whole. */
    public String number() {
        BigDecimal shortest = new BigDecimal(Double.toString(start));
        return (shortest.signum() == 0 ? BigDecimal.ZERO : shortest.stripTrailingZeros()).toPlainString();
    }

    /** In words, for example {@code one value per channel, starts at 0}. */
    public String description() {
        return "one value per " + per.symbol() + ", starts at " + number();
    }
}
