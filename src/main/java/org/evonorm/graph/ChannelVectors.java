package org.evonorm.graph;

import java.util.Arrays;

/**
 * The trainable values of a layer, or their gradients, one value a channel each.
 *
 * @param v0    the graph's shift-like vector, which starts at 0
 * @param v1    the graph's scale-like vector, which starts at 1
 * @param gamma the scale of the trailing affine, which starts at 1
 * @param beta  the shift of the trailing affine, which starts at 0
 */
public record ChannelVectors(double[] v0, double[] v1, double[] gamma, double[] beta) {

    /** The values that training starts from. */
    public static ChannelVectors initial(int channels) {
        double[] ones = new double[channels];
        Arrays.fill(ones, 1);
        return new ChannelVectors(new double[channels], ones, ones.clone(), new double[channels]);
    }
}
