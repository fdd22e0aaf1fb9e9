package org.evonorm.network;

/**
 * Pre-activation ResNet-50, one of the anchor networks (He et al., "Identity Mappings in Deep Residual Networks",
 * 2016): a 7×7 stem without normalization, a 3×3 max-pool, and 3-4-6-3 bottleneck blocks with a place before every
 * convolution. A shortcut that changes the shape is a 1×1 convolution of the pre-activated input. The last place is
 * before the global average pool.
 */
final class PreActivationResNet50 {

    private static final int[] BLOCKS = {3, 4, 6, 3};
    private static final int[] WIDTHS = {64, 128, 256, 512};
    /** Ratio of a bottleneck's output channels to the channels inside. */
    private static final int EXPANSION = 4;

    private PreActivationResNet50() {}

    static Network build(String name, NetworkScale scale, int classes) {
        NetworkBuilder network = new NetworkBuilder();
        int x = network.convolution(Operator.IMAGES, scale.channels(64), 7, scale.reduction(1));
        x = network.maxPool(x, 3, 2);
        for (int stage = 0; stage < BLOCKS.length; stage++) {
            int width = scale.channels(WIDTHS[stage]);
            for (int block = 0; block < scale.blocks(BLOCKS[stage]); block++) {
                // The stem is the first convolution with stride two, the second stage has the second, and so on.
                boolean reduces = stage > 0 && block == 0;
                x = bottleneck(network, x, width, reduces ? scale.reduction(stage + 1) : 1);
            }
        }
        int pooled = network.globalAveragePool(network.place(x));
        network.dense(pooled, classes);
        return network.build(name);
    }

    private static int bottleneck(NetworkBuilder network, int x, int width, int stride) {
        int activated = network.place(x);
        boolean changesShape = stride != 1 || network.channels(x) != EXPANSION * width;
        int shortcut = changesShape ? network.convolution(activated, EXPANSION * width, 1, stride) : x;
        int inner = network.place(network.convolution(activated, width, 1, 1));
        inner = network.place(network.convolution(inner, width, 3, stride));
        return network.add(network.convolution(inner, EXPANSION * width, 1, 1), shortcut);
    }
}
