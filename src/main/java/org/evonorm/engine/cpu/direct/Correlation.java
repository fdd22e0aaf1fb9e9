package org.evonorm.engine.cpu.direct;

import java.util.List;
import org.evonorm.engine.cpu.vector.VectorFunctions;

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
 * @param vectors  vectors of a block of output channels of a dense sum; the last block may be smaller
 * @param parts    sums that write disjoint pixels
 */
record Correlation(
        int inputs,
        int outputs,
        int inWidth,
        int inFloats,
        int width,
        int floats,
        int kernel,
        int vectors,
        List<Part> parts) {

    /** One sum: its vertical and its horizontal axis. */
    record Part(Axis rows, Axis columns) {}

    /** The blocks of output channels. */
    List<List<Integer>> blocks() {
        return Tiling.blocks(Tiling.vectors(outputs), vectors);
    }

    /** Floats between the weights of neighbouring inputs: those of a block, where weights are packed. */
    int weightRow() {
        int block = vectors * VectorFunctions.WIDTH;
        return WeightFormat.isPacked(outputs, block) ? block : outputs;
    }
}
