package org.evonorm.graph;

import java.util.Arrays;

/**
 * The trainable vectors of a layer, or the gradients with respect to them, [C] each; v0 and v1 are [1] where the
 * layer has {@linkplain TrainableVector.Per#LAYER one value per layer}. One record, because evaluation and
 * gradients pass all four together.
 *
 * @param v0    the graph's shift-like vector, which starts at 0
 * @param v1    the graph's scale-like vector, which starts at 1
 * @param gamma the scale of the trailing affine, which starts at 1
 * @param beta  the shift of the trailing affine, which starts at 0
 */
public record ChannelVectors(double[] v0, double[] v1, double[] gamma, double[] beta) {

    /** The values from which training starts in layers with the paper's v0 and v1. */
    public static ChannelVectors initial(int channels) {
        double[] ones = new double[channels];
        Arrays.fill(ones, 1);
        return new ChannelVectors(new double[channels], ones, ones.clone(), new double[channels]);
    }
}
