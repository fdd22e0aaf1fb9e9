package org.evonorm.network;

import java.io.Serializable;

/**
 * The scale of an anchor network relative to its publication; proxies are smaller. The constructor throws
 * IllegalArgumentException if a multiplier is out of range.
 *
 * @param width   multiplier of channels, above 0 and at most 8; products round to multiples of 8
 * @param depth   multiplier of blocks per stage, above 0 and at most 8; every stage keeps at least one block
 * @param variant the places of spatial reduction
 */
public record NetworkScale(double width, double depth, Variant variant) implements Serializable {

    /** The places of spatial reduction in an anchor network, which fit an image size. */
    public enum Variant {
        /** As published, for images of about 224×224. */
        FULL,
        /** For 24×24 to 32×32: the first two convolutions with spatial reduction have stride one (paper, section 4). */
        CIFAR
    }

    /** The network as published. */
    public static final NetworkScale FULL_SIZE = new NetworkScale(1, 1, Variant.FULL);

    private static final double LARGEST = 8;

    public NetworkScale {
        requireMultiplier("width", width);
        requireMultiplier("depth", depth);
    }

    /** The scale of a CIFAR proxy with this width multiplier and full depth. */
    public static NetworkScale cifar(double width) {
        return new NetworkScale(width, 1, Variant.CIFAR);
    }

    /** Scaled channels: a multiple of 8, at least 8 and at least 90% of the exact product. */
    int channels(int published) {
        return channels(published, 1);
    }

    /** Scaled channels of each of several equal parts: a multiple of 8, at least 8 and at least 90% of the product. */
    int channels(int published, int parts) {
        double exact = published * width / parts;
        int rounded = Math.max(8, (int) (exact + 4) / 8 * 8);
        return rounded < 0.9 * exact ? rounded + 8 : rounded;
    }

    /** Scaled number of blocks of a stage, at least 1. */
    int blocks(int published) {
        return Math.max(1, (int) Math.round(published * depth));
    }

    /** Stride of the convolution that is published as the {@code nth} with stride two, counted from the input. */
    int reduction(int nth) {
        return variant == Variant.CIFAR && nth <= 2 ? 1 : 2;
    }

    /**
     * Start value of layer scales. The published 1e-6 keeps the blocks of a network silent for more steps than a proxy
     * task has (docs/design.md, "Anchor networks").
     */
    double layerScale() {
        return variant == Variant.CIFAR ? 0.1 : 1e-6;
    }

    private static void requireMultiplier(String what, double value) {
        if (!(value > 0 && value <= LARGEST)) {
            throw new IllegalArgumentException(
                    "a network's " + what + " multiplier must be above 0 and at most " + LARGEST + ", not " + value);
        }
    }
}
