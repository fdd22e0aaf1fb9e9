package org.evonorm.engine.cpu.onednn;

import static org.bytedeco.dnnl.global.dnnl.dnnl_goihw;
import static org.bytedeco.dnnl.global.dnnl.dnnl_oihw;

import org.bytedeco.dnnl.dnnl_memory_desc;
import org.evonorm.network.Shape;

/** The geometry of a convolution, or of a dense layer as a 1×1 convolution with bias. */
public record ConvolutionShape(Shape input, Shape output, int kernel, int stride, int groups, boolean hasBias) {

    /** Padding on every side. */
    int padding() {
        return (kernel - 1) / 2;
    }

    /** Description of the weights as the parameter vector holds them. */
    public dnnl_memory_desc plainWeights() {
        return weights(groups == 1 ? dnnl_oihw : dnnl_goihw);
    }

    /** Description of the weights with this format. */
    dnnl_memory_desc weights(int tag) {
        return groups == 1
                ? OneDnn.description(tag, output.channels(), input.channels(), kernel, kernel)
                : OneDnn.description(
                        tag, groups, output.channels() / groups, input.channels() / groups, kernel, kernel);
    }
}
