package org.evonorm.network.onnx;

import java.util.Arrays;
import org.evonorm.network.Padding;
import org.evonorm.network.Window;
import org.evonorm.network.onnx.graph.OnnxNode;

/** The window of a convolution or pool, as the attributes of its node tell it. */
final class OnnxWindow {

    private OnnxWindow() {}

    /**
     * The window of a convolution.
     *
     * @param weights height and width of its weights
     */
    static Window ofWeights(OnnxNode node, int[] weights) {
        if (node.attribute("kernel_shape").isPresent() && !Arrays.equals(kernel(node), weights)) {
            throw node.refused("has another kernel_shape than its weights");
        }
        return of(node, weights);
    }

    /** The window of a pool. */
    static Window ofPool(OnnxNode node) {
        return of(node, kernel(node));
    }

    private static int[] kernel(OnnxNode node) {
        return node.numbers("kernel_shape", 2, 0);
    }

    private static Window of(OnnxNode node, int[] kernel) {
        node.attribute("auto_pad")
                .map(pad -> pad.getS().toStringUtf8())
                .filter(pad -> !pad.isEmpty() && !pad.equals("NOTSET"))
                .ifPresent(pad -> {
                    throw node.refused("has auto_pad = " + pad + ", and only explicit pads are supported");
                });
        int[] strides = node.numbers("strides", 2, 1);
        int[] dilations = node.numbers("dilations", 2, 1);
        int[] pads = node.numbers("pads", 4, 0);
        if (kernel[0] != kernel[1] || strides[0] != strides[1] || dilations[0] != dilations[1]) {
            throw node.refused("has a window that is not square, and only square ones are supported");
        }
        if (kernel[0] < 1 || strides[0] < 1 || dilations[0] < 1) {
            throw node.refused("has a kernel, stride or dilation below 1");
        }
        return new Window(
                kernel[0],
                strides[0],
                dilations[0],
                new Padding(pads[0], pads[1], pads[2], pads[3]),
                node.number("ceil_mode", 0) != 0);
    }
}
