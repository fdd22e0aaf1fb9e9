package org.evonorm.network;

/**
 * A stage of inverted residual blocks, of which MobileNetV2 and EfficientNet-B0 consist (Sandler et al., "MobileNetV2",
 * 2018). A block expands by a 1×1 convolution, filters depthwise, optionally squeezes and excites, and projects to few
 * channels without activation.
 *
 * @param expansion ratio of the channels inside a block to its input channels; 1 leaves the expanding convolution out
 * @param channels  published output channels
 * @param blocks    published number of blocks
 * @param kernel    height and width of the depthwise kernel
 * @param reduces   whether the first block halves height and width
 */
record InvertedResiduals(int expansion, int channels, int blocks, int kernel, boolean reduces) {

    /** The gate of a block: squeeze-and-excitation (EfficientNet) or none (MobileNetV2). */
    enum Gate {
        NONE,
        SQUEEZE_AND_EXCITATION
    }

    /** Ratio of a block's input channels to the squeezed channels (EfficientNet, section 4). */
    private static final int SQUEEZE = 4;

    /**
     * The whole network of such stages: stem, stages, head, global average pool and dense layer.
     *
     * @param headChannels scaled width of the last 1×1 convolution
     */
    static Network network(
            String name, InvertedResiduals[] stages, Gate gate, int headChannels, NetworkScale scale, int classes) {
        NetworkBuilder network = new NetworkBuilder();
        int reductions = 1;
        int x = network.convolution(Operator.IMAGES, scale.channels(32), 3, scale.reduction(reductions));
        x = network.place(x);
        for (InvertedResiduals stage : stages) {
            int stride = stage.reduces ? scale.reduction(++reductions) : 1;
            x = stage.append(network, x, stride, gate, scale);
        }
        x = network.place(network.convolution(x, headChannels, 1, 1));
        network.dense(network.globalAveragePool(x), classes);
        return network.build(name);
    }

    private int append(NetworkBuilder network, int x, int stride, Gate gate, NetworkScale scale) {
        for (int block = 0; block < scale.blocks(blocks); block++) {
            x = block(network, x, scale.channels(channels), block == 0 ? stride : 1, gate);
        }
        return x;
    }

    private int block(NetworkBuilder network, int x, int outputChannels, int stride, Gate gate) {
        int inputChannels = network.channels(x);
        int inner = x;
        if (expansion > 1) {
            inner = network.place(network.convolution(x, expansion * inputChannels, 1, 1));
        }
        inner = network.place(network.depthwise(inner, kernel, stride));
        if (gate == Gate.SQUEEZE_AND_EXCITATION) {
            inner = squeezeAndExcite(network, inner, Math.max(1, inputChannels / SQUEEZE));
        }
        inner = network.linearPlace(network.convolution(inner, outputChannels, 1, 1));
        return stride == 1 && inputChannels == outputChannels ? network.add(inner, x) : inner;
    }

    private static int squeezeAndExcite(NetworkBuilder network, int x, int squeezed) {
        int gate = network.swish(network.dense(network.globalAveragePool(x), squeezed));
        return network.scale(x, network.sigmoid(network.dense(gate, network.channels(x))));
    }
}
