package org.evonorm.network.onnx.layout;

/** An axis of the activations of an operator, for a batch of samples. */
public enum Axis {
    SAMPLE,
    ROW,
    COLUMN,
    /** Tokens in a row, of which the first one may be a class token. */
    TOKEN,
    CHANNEL;

    /** Whether the axis tells apart pixels or tokens of a sample. */
    boolean isOfPixels() {
        return this == ROW || this == COLUMN || this == TOKEN;
    }
}
