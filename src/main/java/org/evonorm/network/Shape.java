package org.evonorm.network;

/** Height, width and channels of one sample's activations. A dense layer's are 1 × 1 × units. */
public record Shape(int height, int width, int channels) {

    /** Number of values in one sample. */
    public int size() {
        return height * width * channels;
    }

    /** Height times width. */
    public int area() {
        return height * width;
    }
}
