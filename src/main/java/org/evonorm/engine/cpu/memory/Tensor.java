package org.evonorm.engine.cpu.memory;

import org.bytedeco.javacpp.FloatPointer;
import org.evonorm.network.Shape;

/**
 * A tensor of activations or derivatives [B, H, W, C] in native memory.
 *
 * @param shape the shape of one sample [H, W, C]
 */
public record Tensor(NativeFloats floats, Shape shape) {

    /** Address of the first value of the worker's slice. */
    public FloatPointer slice(Slices slices, int worker) {
        return floats.at(from(slices, worker));
    }

    /** Index of the first value of the worker's slice. */
    public int from(Slices slices, int worker) {
        return slices.first(worker) * shape.size();
    }

    /** Number of values of the worker's slice. */
    public int count(Slices slices, int worker) {
        return slices.count(worker) * shape.size();
    }
}
