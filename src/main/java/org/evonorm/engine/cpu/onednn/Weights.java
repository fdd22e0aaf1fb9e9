package org.evonorm.engine.cpu.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_FROM;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_TO;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_equal;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_get_size;
import static org.bytedeco.dnnl.global.dnnl.dnnl_reorder_primitive_desc_create;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.javacpp.Pointer;
import org.evonorm.engine.cpu.memory.NativeFloats;

/**
 * The weights of one convolution in the plain format of the parameter vector, with copies in the formats that the
 * primitives demand. The copies are updated at every training step, since an update changes the plain format alone.
 * Primitives with the same format share a copy.
 */
public final class Weights implements AutoCloseable {

    private record Copy(dnnl_memory_desc descriptor, NativeFloats memory, NativePrimitive reorder) {}

    private final dnnl_memory_desc plain;
    private final Pointer address;
    private final List<Copy> copies = new ArrayList<>();

    /**
     * Weights without copies.
     *
     * @param plain   memory descriptor of the plain format, which stays with the caller
     * @param address address of the weights in the parameter vector
     */
    public Weights(dnnl_memory_desc plain, Pointer address) {
        this.plain = plain;
        this.address = address;
    }

    /** The address of the weights in a format; valid contents after {@link #reorder}. */
    public Pointer inFormat(dnnl_memory_desc descriptor) {
        if (dnnl_memory_desc_equal(descriptor, plain) != 0) {
            return address;
        }
        for (Copy copy : copies) {
            if (dnnl_memory_desc_equal(descriptor, copy.descriptor()) != 0) {
                return copy.memory().at(0);
            }
        }
        NativeFloats memory = new NativeFloats(floatCount(descriptor));
        copies.add(new Copy(descriptor, memory, reorderPrimitive(plain, address, descriptor, memory.at(0))));
        return memory.at(0);
    }

    /** Updates all copies from the plain format. */
    public void reorder() {
        copies.forEach(copy -> copy.reorder().execute());
    }

    /** Number of floats of a tensor in a format, padding included. */
    public static long floatCount(dnnl_memory_desc descriptor) {
        return dnnl_memory_desc_get_size(descriptor) / Float.BYTES;
    }

    /** A primitive that copies a tensor from one format to another. The caller closes it. */
    public static NativePrimitive reorderPrimitive(
            dnnl_memory_desc from, Pointer source, dnnl_memory_desc to, Pointer target) {
        dnnl_primitive_desc descriptor = new dnnl_primitive_desc();
        OneDnn.check(
                dnnl_reorder_primitive_desc_create(descriptor, from, OneDnn.engine(), to, OneDnn.engine(), null),
                "describing a reorder");
        return new NativePrimitive(descriptor).bind(DNNL_ARG_FROM, from, source).bind(DNNL_ARG_TO, to, target);
    }

    @Override
    public void close() {
        for (Copy copy : copies) {
            copy.reorder().close();
            copy.memory().close();
        }
    }
}
