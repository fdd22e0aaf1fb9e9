package org.evonorm.graph;

/**
 * The shape of a tensor. Values lie in the order [batch, height, width, channels] (NHWC), which fixes the meaning of
 * the plain arrays that stand for tensors.
 */
public record TensorShape(int batch, int height, int width, int channels) {

    public TensorShape {
        if (batch < 1 || height < 1 || width < 1 || channels < 1) {
            throw new IllegalArgumentException("a tensor needs at least one value in every dimension, not " + batch
                    + " × " + height + " × " + width + " × " + channels);
        }
    }

    /** Number of values. */
    public int size() {
        return batch * height * width * channels;
    }
}
