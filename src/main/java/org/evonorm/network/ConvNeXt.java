package org.evonorm.network;

/**
 * ConvNeXt-T, one of the anchor networks (Liu et al., "A ConvNet for the 2020s", 2022, figure 4 and table 9): blocks of
 * a depthwise 7×7 convolution and two 1×1 convolutions with GELU between them, whose branch a layer scale multiplies. A
 * place stands wherever the publication has a layer normalization: after the stem, in every block after the depthwise
 * convolution, before every convolution of stride two, and after the global average pool. GELU is not a part of a
 * place.
 */
final class ConvNeXt {

    private static final int[] BLOCKS = {3, 3, 9, 3};
    private static final int[] WIDTHS = {96, 192, 384, 768};
    /** Ratio of the channels between the 1×1 convolutions of a block to its input channels. */
    private static final int EXPANSION = 4;

    private ConvNeXt() {}

    static Network build(String name, NetworkScale scale, int classes) {
        NetworkBuilder network = new NetworkBuilder();
        int x = network.place(stem(network, scale));
        for (int stage = 0; stage < BLOCKS.length; stage++) {
            int width = scale.channels(WIDTHS[stage]);
            if (stage > 0) {
                // The stem's stride of four stands for the first two reductions.
                x = network.patches(network.place(x), width, scale.reduction(stage + 2));
            }
            for (int block = 0; block < scale.blocks(BLOCKS[stage]); block++) {
                x = block(network, x, scale);
            }
        }
        network.dense(network.place(network.globalAveragePool(x)), classes);
        return network.build(name);
    }

    /** Patches of 4×4 pixels; without their reduction a 3×3 convolution, since an even window has no centre. */
    private static int stem(NetworkBuilder network, NetworkScale scale) {
        int stride = scale.reduction(1) * scale.reduction(2);
        int width = scale.channels(WIDTHS[0]);
        return stride == 1
                ? network.convolution(Operator.IMAGES, width, Window.centered(3, 1), 1)
                : network.patches(Operator.IMAGES, width, stride);
    }

    private static int block(NetworkBuilder network, int x, NetworkScale scale) {
        int width = network.channels(x);
        int inner = network.place(network.convolution(x, width, Window.centered(7, 1), width));
        inner = network.activation(network.pointwise(inner, EXPANSION * width), ActivationFunction.GELU);
        return network.add(network.layerScale(network.pointwise(inner, width), scale.layerScale()), x);
    }
}
