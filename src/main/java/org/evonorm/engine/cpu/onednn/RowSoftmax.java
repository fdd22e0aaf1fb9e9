package org.evonorm.engine.cpu.onednn;

import static org.bytedeco.dnnl.global.dnnl.dnnl_ab;
import static org.bytedeco.dnnl.global.dnnl.dnnl_forward_training;
import static org.bytedeco.dnnl.global.dnnl.dnnl_softmax_accurate;
import static org.bytedeco.dnnl.global.dnnl.dnnl_softmax_forward_primitive_desc_create;

import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;

/**
 * The softmax of every row of a matrix [rows, columns], with the largest value subtracted first, so that exponentials
 * do not overflow.
 */
record RowSoftmax(long rows, long columns) {

    /** The primitive of the probabilities; they may overwrite the scores. */
    NativePrimitive forward() {
        return new NativePrimitive(PrimitiveDescriptorCache.get(this, this::describe));
    }

    private dnnl_primitive_desc describe() {
        dnnl_memory_desc matrix = OneDnn.memoryDescriptor(dnnl_ab, rows, columns);
        dnnl_primitive_desc descriptor = new dnnl_primitive_desc();
        OneDnn.check(
                dnnl_softmax_forward_primitive_desc_create(
                        descriptor,
                        OneDnn.engine(),
                        dnnl_forward_training,
                        dnnl_softmax_accurate,
                        matrix,
                        matrix,
                        1,
                        OneDnn.attributes()),
                "describing a softmax");
        NativePrimitive.free(matrix);
        return descriptor;
    }
}
