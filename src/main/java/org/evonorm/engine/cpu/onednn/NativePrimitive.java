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
 * A oneDNN primitive bound to its memory once, so that a step only executes it. It is made with its first argument: one that
 * is only asked what it would be has no machine code and no scratch memory.
 */
public final class NativePrimitive implements AutoCloseable {

    private static final int MOST_ARGUMENTS = 8;

    private final dnnl_primitive_desc description;
    private final dnnl_primitive primitive = new dnnl_primitive();
    private final dnnl_exec_arg_t arguments = new dnnl_exec_arg_t(MOST_ARGUMENTS);
    private final List<dnnl_memory> memories = new ArrayList<>();

    /** Takes over the description, which must be a valid one. */
    public NativePrimitive(dnnl_primitive_desc description) {
        this.description = description;
    }

    /** The memory description of one argument, owned by this primitive. */
    public dnnl_memory_desc memory(int query) {
        return dnnl_primitive_desc_query_md(description, query, 0);
    }

    /** The primitive's own description, for primitives that want a forward one as a hint. */
    public dnnl_primitive_desc description() {
        return description;
    }

    /** The name of the implementation chosen, for example {@code brgconv:avx512_core}; {@code ref} means slow. */
    public String implementation() {
        try (PointerPointer<BytePointer> name = new PointerPointer<>(1)) {
            OneDnn.check(dnnl_primitive_desc_query(description, dnnl_query_impl_info_str, 0, name), "a query");
            return name.get(BytePointer.class, 0).getString();
        }
    }

    /** Floats of scratch memory that an execution needs; none before an argument is bound. */
    public long scratchFloats() {
        return memories.isEmpty()
                ? 0
                : (dnnl_memory_desc_get_size(memory(dnnl_query_scratchpad_md)) + Float.BYTES - 1) / Float.BYTES;
    }

    /** Binds an argument to memory at an address. */
    public NativePrimitive bind(int argument, dnnl_memory_desc memoryDescription, Pointer address) {
        if (memories.isEmpty()) {
            OneDnn.check(dnnl_primitive_create(primitive, description), "creating a primitive");
        }
        dnnl_memory memory = new dnnl_memory();
        OneDnn.check(dnnl_memory_create(memory, memoryDescription, OneDnn.engine(), address), "creating memory");
        arguments.getPointer(memories.size()).arg(argument).memory(memory);
        memories.add(memory);
        return this;
    }

    /** Binds the scratchpad, if the primitive wants one. */
    public NativePrimitive bindScratch(NativeFloats scratch) {
        return scratchFloats() == 0 ? this : bind(DNNL_ARG_SCRATCHPAD, memory(dnnl_query_scratchpad_md), scratch.at(0));
    }

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
        dnnl_primitive_desc_destroy(description);
        arguments.deallocate();
    }

    /** Frees memory descriptions that the caller made. */
    public static void free(dnnl_memory_desc... descriptions) {
        for (dnnl_memory_desc description : descriptions) {
            dnnl_memory_desc_destroy(description);
        }
    }
}
