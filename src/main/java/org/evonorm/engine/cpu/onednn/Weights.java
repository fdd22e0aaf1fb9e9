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
 * One tensor of weights in the plain form of the parameter vector and in the forms that primitives want, into which it is
 * reordered at every step. Workers whose primitives want the same form share it.
 */
public final class Weights implements AutoCloseable {

    private record Form(dnnl_memory_desc description, NativeFloats memory, NativePrimitive reorder) {}

    private final dnnl_memory_desc plain;
    private final Pointer address;
    private final List<Form> forms = new ArrayList<>();

    /**
     * @param plain   the description of the plain form, which stays the caller's
     * @param address where the plain form lies
     */
    public Weights(dnnl_memory_desc plain, Pointer address) {
        this.plain = plain;
        this.address = address;
    }

    /** Where the weights lie in this form after {@link #reorder}. */
    public Pointer in(dnnl_memory_desc description) {
        if (dnnl_memory_desc_equal(description, plain) != 0) {
            return address;
        }
        for (Form form : forms) {
            if (dnnl_memory_desc_equal(description, form.description()) != 0) {
                return form.memory().at(0);
            }
        }
        NativeFloats memory = new NativeFloats(floats(description));
        forms.add(new Form(description, memory, reordering(plain, address, description, memory.at(0))));
        return memory.at(0);
    }

    /** Brings all forms up to date with the plain one. */
    public void reorder() {
        forms.forEach(form -> form.reorder().execute());
    }

    /** Size of a tensor in a form, padding included. */
    public static long floats(dnnl_memory_desc description) {
        return dnnl_memory_desc_get_size(description) / Float.BYTES;
    }

    /** A primitive that copies a tensor from one form to another. */
    public static NativePrimitive reordering(
            dnnl_memory_desc from, Pointer source, dnnl_memory_desc to, Pointer target) {
        dnnl_primitive_desc description = new dnnl_primitive_desc();
        OneDnn.check(
                dnnl_reorder_primitive_desc_create(description, from, OneDnn.engine(), to, OneDnn.engine(), null),
                "describing a reorder");
        return new NativePrimitive(description)
                .bind(DNNL_ARG_FROM, from, source)
                .bind(DNNL_ARG_TO, to, target);
    }

    @Override
    public void close() {
        for (Form form : forms) {
            form.reorder().close();
            form.memory().close();
        }
    }
}
