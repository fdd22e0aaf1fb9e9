package org.evonorm.network;

/** The shape of one sample's activations, without the batch dimension; 1 × 1 × units after a dense layer. */
public record Shape(int height, int width, int channels) {

    /** Number of values per sample. */
    public int size() {
        return height * width * channels;
    }

    /** Number of pixels: height · width. */
    public int area() {
        return height * width;
    }
}
