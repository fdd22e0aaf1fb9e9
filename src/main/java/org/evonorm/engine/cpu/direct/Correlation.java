package org.evonorm.engine.cpu.direct;

import java.util.List;

/**
 * The geometry of a sum over taps, which is a forward convolution or a data gradient: from tensors of samples [H, W, I]
 * to samples [H', W', O].
 *
 * @param inputs   I, channels that are read
 * @param outputs  O, channels that are written
 * @param inWidth  W
 * @param inFloats floats of a sample that is read
 * @param width    W'
 * @param floats   floats of a sample that is written
 * @param kernel   width of the kernel
 * @param parts    sums that write disjoint pixels
 */
record Correlation(
        int inputs, int outputs, int inWidth, int inFloats, int width, int floats, int kernel, List<Part> parts) {

    /** One sum: its vertical and its horizontal axis. */
    record Part(Axis rows, Axis columns) {}
}
