package org.evonorm.engine.cpu.step;

import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_equal;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.javacpp.FloatPointer;
import org.evonorm.engine.cpu.memory.NativeFloats;
import org.evonorm.engine.cpu.onednn.NativePrimitive;
import org.evonorm.engine.cpu.onednn.Weights;

/**
 * The partial gradients of a convolution's weights or bias, one per worker with samples, all in one format. One worker adds
 * them and writes the sum in the plain format. A single worker whose format is the plain one writes the gradient
 * itself.
 */
final class PartialGradients implements AutoCloseable {

    private final dnnl_memory_desc plain;
    private final FloatPointer gradient;
    private final int workers;
    private final List<NativeFloats> partials = new ArrayList<>();
    /** The reorder from the first partial gradient to the gradient, if there are partial gradients. */
    private final List<NativePrimitive> toPlain = new ArrayList<>();

    /**
     * No partial gradients yet.
     *
     * @param plain    the plain format of the parameters, which the caller keeps
     * @param gradient address of the gradient in this format
     */
    PartialGradients(dnnl_memory_desc plain, FloatPointer gradient, int workers) {
        this.plain = plain;
        this.gradient = gradient;
        this.workers = workers;
    }

    /** Memory for the gradient of one more worker. */
    FloatPointer target(dnnl_memory_desc format) {
        if (workers == 1 && dnnl_memory_desc_equal(format, plain) != 0) {
            return gradient;
        }
        NativeFloats partial = new NativeFloats(Weights.floatCount(format));
        partials.add(partial);
        if (toPlain.isEmpty()) {
            toPlain.add(Weights.reorderPrimitive(format, partial.at(0), plain, gradient));
        }
        return partial.at(0);
    }

    /** Writes the gradient, after all workers have written theirs. */
    void finish(TensorMath math) {
        for (int partial = 1; partial < partials.size(); partial++) {
            math.addAll(partials.get(0), partials.get(partial));
        }
        toPlain.forEach(NativePrimitive::execute);
    }

    @Override
    public void close() {
        toPlain.forEach(NativePrimitive::close);
        partials.forEach(NativeFloats::close);
    }
}
