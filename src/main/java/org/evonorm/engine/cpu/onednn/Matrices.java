package org.evonorm.engine.cpu.onednn;

import static org.bytedeco.dnnl.global.dnnl.dnnl_matmul_primitive_desc_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_attr_destroy;

import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;

/**
 * The sizes of a batch of matrices [samples, heads, rows, columns] and their places in memory, as distances of
 * neighbours in floats. A part of a wider tensor and a transposed matrix are matrices too, so that products read and
 * write them without copies.
 */
record Matrices(
        long samples,
        long heads,
        long rows,
        long columns,
        long sampleStride,
        long headStride,
        long rowStride,
        long columnStride) {

    /** Everything that the descriptor of a product depends on. */
    private record Key(Matrices left, Matrices right, Matrices out, float factor) {}

    Matrices transposed() {
        return new Matrices(samples, heads, columns, rows, sampleStride, headStride, columnStride, rowStride);
    }

    private dnnl_memory_desc memoryDescriptor() {
        return OneDnn.memoryDescriptor(
                new long[] {samples, heads, rows, columns},
                new long[] {sampleStride, headStride, rowStride, columnStride});
    }

    /** The primitive of {@code out = factor · this · right}, matrix by matrix. */
    NativePrimitive times(Matrices right, Matrices out, float factor) {
        Key key = new Key(this, right, out, factor);
        return new NativePrimitive(PrimitiveDescriptorCache.get(key, () -> describe(key)));
    }

    private static dnnl_primitive_desc describe(Key key) {
        dnnl_memory_desc left = key.left.memoryDescriptor();
        dnnl_memory_desc right = key.right.memoryDescriptor();
        dnnl_memory_desc out = key.out.memoryDescriptor();
        dnnl_primitive_attr attributes = OneDnn.multiplying(key.factor);
        dnnl_primitive_desc descriptor = new dnnl_primitive_desc();
        OneDnn.check(
                dnnl_matmul_primitive_desc_create(descriptor, OneDnn.engine(), left, right, null, out, attributes),
                "describing a product of matrices");
        dnnl_primitive_attr_destroy(attributes);
        NativePrimitive.free(left, right, out);
        return descriptor;
    }
}
