package org.evonorm.network.onnx.layout;

/**
 * A part of an axis: every {@code stride}th index, {@code size} of them. The channels of three heads of 64 channels each
 * are the parts (3, stride 64) and (64, stride 1).
 */
public record Part(Axis axis, int size, int stride) {

    /** A whole axis. */
    static Part whole(Axis axis, int size) {
        return new Part(axis, size, 1);
    }

    /** Whether this part and a next one, which runs faster, are one part. */
    boolean joins(Part next) {
        return axis == next.axis && stride == next.stride * next.size;
    }

    Part join(Part next) {
        return new Part(axis, size * next.size, next.stride);
    }
}
