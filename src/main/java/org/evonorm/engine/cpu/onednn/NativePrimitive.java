package org.evonorm.engine.cpu.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SCRATCHPAD;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_get_size;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_desc_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_desc_query;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_desc_query_md;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_execute;
import static org.bytedeco.dnnl.global.dnnl.dnnl_query_impl_info_str;
import static org.bytedeco.dnnl.global.dnnl.dnnl_query_scratchpad_md;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.evonorm.engine.cpu.memory.NativeFloats;

/**
 * A oneDNN primitive with its arguments. Memory is bound once, when a plan is made; a step only executes the primitive.
 * The primitive, with machine code and scratch memory, is created when its first argument is bound. Until then the
 * object has a primitive descriptor alone, which is enough to ask for the implementation and the formats.
 */
public final class NativePrimitive implements AutoCloseable {

    private static final int MAX_ARGUMENTS = 8;

    private final dnnl_primitive_desc descriptor;
    private final dnnl_primitive primitive = new dnnl_primitive();
    private final dnnl_exec_arg_t arguments = new dnnl_exec_arg_t(MAX_ARGUMENTS);
    private final List<dnnl_memory> memories = new ArrayList<>();

    /** Takes ownership of a valid primitive descriptor. */
    public NativePrimitive(dnnl_primitive_desc descriptor) {
        this.descriptor = descriptor;
    }

    /**
     * The memory descriptor of one argument, owned by this object.
     *
     * @param query a constant {@code dnnl_query_…_md} of oneDNN
     */
    public dnnl_memory_desc memoryDescriptor(int query) {
        return dnnl_primitive_desc_query_md(descriptor, query, 0);
    }

    /** The primitive descriptor, which the descriptors of backward primitives take as a hint. */
    public dnnl_primitive_desc descriptor() {
        return descriptor;
    }

    /**
     * The name of the implementation that oneDNN chose, for example {@code brgconv:avx512_core}; {@code ref} is slow.
     */
    public String implementation() {
        try (PointerPointer<BytePointer> name = new PointerPointer<>(1)) {
            OneDnn.check(dnnl_primitive_desc_query(descriptor, dnnl_query_impl_info_str, 0, name), "a query");
            return name.get(BytePointer.class, 0).getString();
        }
    }

    /** Floats of scratch memory that an execution needs; 0 before an argument is bound. */
    public long scratchFloats() {
        return memories.isEmpty()
                ? 0
                : (dnnl_memory_desc_get_size(memoryDescriptor(dnnl_query_scratchpad_md)) + Float.BYTES - 1)
                        / Float.BYTES;
    }

    /**
     * Binds an argument to memory; at most 8 arguments.
     *
     * @param argument         a constant {@code DNNL_ARG_…} of oneDNN
     * @param memoryDescriptor stays with the caller
     * @param address          address of the first value; the memory must stay valid up to {@link #close}
     * @return this primitive
     */
    public NativePrimitive bind(int argument, dnnl_memory_desc memoryDescriptor, Pointer address) {
        if (memories.isEmpty()) {
            OneDnn.check(dnnl_primitive_create(primitive, descriptor), "creating a primitive");
        }
        dnnl_memory memory = new dnnl_memory();
        OneDnn.check(dnnl_memory_create(memory, memoryDescriptor, OneDnn.engine(), address), "creating memory");
        arguments.getPointer(memories.size()).arg(argument).memory(memory);
        memories.add(memory);
        return this;
    }

    /** Binds the scratchpad, if the primitive needs one. */
    public NativePrimitive bindScratch(NativeFloats scratch) {
        return bindScratch(scratch.at(0));
    }

    /** As {@link #bindScratch(NativeFloats)}, from an address on. */
    NativePrimitive bindScratch(Pointer scratch) {
        return scratchFloats() == 0
                ? this
                : bind(DNNL_ARG_SCRATCHPAD, memoryDescriptor(dnnl_query_scratchpad_md), scratch);
    }

    /** Executes the primitive on its arguments. */
    public void execute() {
        OneDnn.check(
                dnnl_primitive_execute(primitive, OneDnn.stream(), memories.size(), arguments),
                "executing a primitive");
    }

    @Override
    public void close() {
        if (!memories.isEmpty()) {
            memories.forEach(memory -> dnnl_memory_destroy(memory));
            dnnl_primitive_destroy(primitive);
        }
        dnnl_primitive_desc_destroy(descriptor);
        arguments.deallocate();
    }

    /** Destroys memory descriptors that the caller owns. */
    public static void free(dnnl_memory_desc... descriptors) {
        for (dnnl_memory_desc descriptor : descriptors) {
            dnnl_memory_desc_destroy(descriptor);
        }
    }
}
