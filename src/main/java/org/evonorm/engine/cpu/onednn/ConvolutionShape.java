package org.evonorm.engine.cpu.onednn;

import static org.bytedeco.dnnl.global.dnnl.dnnl_goihw;
import static org.bytedeco.dnnl.global.dnnl.dnnl_oihw;

import org.bytedeco.dnnl.dnnl_memory_desc;
import org.evonorm.network.Shape;
import org.evonorm.network.Window;

/**
 * The geometry of a convolution. A dense layer counts as a 1×1 convolution with bias.
 *
 * @param input   shape of an input sample [H, W, C]
 * @param output  shape of an output sample [H, W, C]
 * @param window  the kernel, its stride, dilation and padding
 * @param groups  number of groups of channels; with as many groups as channels the convolution is depthwise
 * @param hasBias whether one bias per output channel is added
 */
public record ConvolutionShape(Shape input, Shape output, Window window, int groups, boolean hasBias) {

    /** A convolution that is padded with (kernel − 1) / 2 pixels on every side. */
    public ConvolutionShape(Shape input, Shape output, int kernel, int stride, int groups, boolean hasBias) {
        this(input, output, Window.centered(kernel, stride), groups, hasBias);
    }

    /** Height and width of the kernel. */
    public int kernel() {
        return window.kernel();
    }

    /** Step between windows in both directions. */
    public int stride() {
        return window.stride();
    }

    /** Whether there are as many groups as input and output channels, more than one. */
    public boolean isDepthwise() {
        return groups > 1 && groups == input.channels() && groups == output.channels();
    }

    /**
     * Memory descriptor of the weights in the plain format, which the parameter vector has: [groups, out per group, in
     * per group, kernel, kernel], without the first dimension for one group. The caller destroys it.
     */
    public dnnl_memory_desc plainWeights() {
        return weights(groups == 1 ? dnnl_oihw : dnnl_goihw);
    }

    /** Memory descriptor of the weights with a format tag of oneDNN. The caller destroys it. */
    dnnl_memory_desc weights(int tag) {
        return groups == 1
                ? OneDnn.memoryDescriptor(tag, output.channels(), input.channels(), kernel(), kernel())
                : OneDnn.memoryDescriptor(
                        tag, groups, output.channels() / groups, input.channels() / groups, kernel(), kernel());
    }
}
