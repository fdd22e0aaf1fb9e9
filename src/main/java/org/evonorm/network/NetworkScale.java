package org.evonorm.network;

import java.io.Serializable;

/**
 * How much smaller than published an anchor network is built.
 *
 * @param width   multiplies the channels, above 0 and at most 8; the results round to multiples of 8
 * @param depth   multiplies the blocks of every stage, above 0 and at most 8; every stage keeps at least one
 * @param variant where the network reduces height and width
 */
public record NetworkScale(double width, double depth, Variant variant) implements Serializable {

    /** Where an anchor network reduces height and width. */
    public enum Variant {
        /** As published, for images of about 224×224. */
        FULL,
        /** The first two convolutions with spatial reduction have stride one (paper, section 4), for 24×24 to 32×32. */
        CIFAR
    }

    /** The network as published. */
    public static final NetworkScale FULL_SIZE = new NetworkScale(1, 1, Variant.FULL);

    private static final double LARGEST = 8;

    public NetworkScale {
        requireMultiplier("width", width);
        requireMultiplier("depth", depth);
    }

    /** A CIFAR proxy of full depth. */
    public static NetworkScale cifar(double width) {
        return new NetworkScale(width, 1, Variant.CIFAR);
    }

    /** Channels for a published width: a multiple of 8, at least 8 and at least 90% of the exact product. */
    int channels(int published) {
        double exact = published * width;
        int rounded = Math.max(8, (int) (exact + 4) / 8 * 8);
        return rounded < 0.9 * exact ? rounded + 8 : rounded;
    }

    /** Blocks of a stage for the published number of blocks. */
    int blocks(int published) {
        return Math.max(1, (int) Math.round(published * depth));
    }

    /** Stride of a convolution that is, counted from the input, the {@code nth} of the network with stride two. */
    int reduction(int nth) {
        return variant == Variant.CIFAR && nth <= 2 ? 1 : 2;
    }

    private static void requireMultiplier(String what, double value) {
        if (!(value > 0 && value <= LARGEST)) {
            throw new IllegalArgumentException(
                    "a network's " + what + " multiplier must be above 0 and at most " + LARGEST + ", not " + value);
        }
    }
}
