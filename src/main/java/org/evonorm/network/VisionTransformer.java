package org.evonorm.network;

/**
 * A pre-norm vision transformer of the sizes of DeiT-Ti, one of the anchor networks (Touvron et al., "Training
 * data-efficient image transformers", 2021, table 1): patches, learned positions, and blocks of multi-head attention
 * and of a perceptron with GELU. A place stands wherever the publication has a layer normalization: before the
 * attention and before the perceptron of every block, and after the last block. GELU is not a part of a place.
 *
 * <p>The mean over all tokens is classified, not a class token (Beyer et al., "Better plain ViT baselines for
 * ImageNet-1k", 2022): every token of a place is then a part of the image, so that means over tokens have one meaning.
 */
final class VisionTransformer {

    private static final int BLOCKS = 12;
    private static final int HEADS = 3;
    /** Channels of a head. */
    private static final int HEAD = 64;
    /** Ratio of the channels inside a perceptron to those of a token. */
    private static final int EXPANSION = 4;
    /** Height and width of the images whose patches the positions are learned for. */
    private static final int FULL_IMAGE = 224;

    private static final int CIFAR_IMAGE = 24;

    private VisionTransformer() {}

    static Network build(String name, NetworkScale scale, int classes) {
        NetworkBuilder network = new NetworkBuilder();
        // Patches of 16×16 pixels are four reductions by two.
        int patch = scale.reduction(1) * scale.reduction(2) * scale.reduction(3) * scale.reduction(4);
        int grid = (scale.variant() == NetworkScale.Variant.FULL ? FULL_IMAGE : CIFAR_IMAGE) / patch;
        // Wider transformers have more heads, of the same width (DeiT-S and DeiT-B).
        int heads = HEADS * Math.max(1, (int) Math.round(scale.width()));
        int width = heads * scale.channels(HEAD * HEADS, heads);
        int x = network.patches(Operator.IMAGES, width, patch);
        x = network.tokens(network.positions(x, grid, grid));
        for (int block = 0; block < scale.blocks(BLOCKS); block++) {
            int heard = network.attention(network.pointwise(network.place(x), 3 * width), heads);
            x = network.add(network.pointwise(heard, width), x);
            int inner = network.pointwise(network.place(x), EXPANSION * width);
            inner = network.activation(inner, ActivationFunction.GELU);
            x = network.add(network.pointwise(inner, width), x);
        }
        network.dense(network.globalAveragePool(network.place(x)), classes);
        return network.build(name);
    }
}
