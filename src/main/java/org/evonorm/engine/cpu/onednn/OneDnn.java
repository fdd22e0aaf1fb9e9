package org.evonorm.engine.cpu.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_ATTR_MULTIPLE_POST_OP_BASE;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_1;
import static org.bytedeco.dnnl.global.dnnl.dnnl_binary_add;
import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_linear;
import static org.bytedeco.dnnl.global.dnnl.dnnl_engine_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_f32;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_create_with_strides;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_create_with_tag;
import static org.bytedeco.dnnl.global.dnnl.dnnl_post_ops_append_binary;
import static org.bytedeco.dnnl.global.dnnl.dnnl_post_ops_append_eltwise;
import static org.bytedeco.dnnl.global.dnnl.dnnl_post_ops_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_post_ops_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_attr_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_attr_set_post_ops;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_attr_set_scratchpad_mode;
import static org.bytedeco.dnnl.global.dnnl.dnnl_scratchpad_mode_user;
import static org.bytedeco.dnnl.global.dnnl.dnnl_stream_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_stream_default_flags;

import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_post_ops;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_stream;

/**
 * The engine, stream and attributes of the native library oneDNN, created once per process. oneDNN must run
 * single-threaded: OpenMP threads beside the workers of a model wait by spinning, which halves the speed of both.
 */
public final class OneDnn {

    /** The argument for the tensor that a primitive adds to its output, see {@link #adding}. */
    public static final int ADDED = DNNL_ARG_ATTR_MULTIPLE_POST_OP_BASE | DNNL_ARG_SRC_1;

    private static final dnnl_engine ENGINE = new dnnl_engine();
    private static final dnnl_stream STREAM = new dnnl_stream();
    private static final dnnl_primitive_attr ATTRIBUTES = new dnnl_primitive_attr();

    static {
        check(dnnl_engine_create(ENGINE, dnnl_cpu, 0), "creating the engine");
        check(dnnl_stream_create(STREAM, ENGINE, dnnl_stream_default_flags), "creating the stream");
        check(dnnl_primitive_attr_create(ATTRIBUTES), "creating attributes");
        check(dnnl_primitive_attr_set_scratchpad_mode(ATTRIBUTES, dnnl_scratchpad_mode_user), "setting attributes");
    }

    private OneDnn() {}

    /**
     * Checks that OpenMP starts no threads in this process.
     *
     * @throws IllegalStateException if the environment variable {@code OMP_NUM_THREADS} is not 1
     */
    public static void requireSingleThread() {
        if (!"1".equals(System.getenv("OMP_NUM_THREADS"))) {
            throw new IllegalStateException("the environment variable OMP_NUM_THREADS must be 1 for the CPU engine; "
                    + "export OMP_NUM_THREADS=1 before starting Java (on a cluster: "
                    + "--conf spark.executorEnv.OMP_NUM_THREADS=1)");
        }
    }

    /** The CPU engine of oneDNN. */
    public static dnnl_engine engine() {
        return ENGINE;
    }

    /** The stream of all workers: CPU streams have no state of their own. */
    static dnnl_stream stream() {
        return STREAM;
    }

    /** The attributes of primitives: the caller provides the scratchpad. */
    public static dnnl_primitive_attr attributes() {
        return ATTRIBUTES;
    }

    /**
     * The attributes of a primitive that adds another tensor to its output. The caller destroys them.
     *
     * @param descriptor memory descriptor of the tensor that is added
     */
    static dnnl_primitive_attr adding(dnnl_memory_desc descriptor) {
        dnnl_post_ops additions = new dnnl_post_ops();
        check(dnnl_post_ops_create(additions), "creating an addition");
        check(dnnl_post_ops_append_binary(additions, dnnl_binary_add, descriptor), "appending an addition");
        return attributes(additions);
    }

    /** The attributes of a primitive that multiplies its output by a factor. The caller destroys them. */
    static dnnl_primitive_attr multiplying(float factor) {
        dnnl_post_ops operations = new dnnl_post_ops();
        check(dnnl_post_ops_create(operations), "creating a factor");
        if (factor != 1) {
            check(dnnl_post_ops_append_eltwise(operations, dnnl_eltwise_linear, factor, 0), "appending a factor");
        }
        return attributes(operations);
    }

    /** The attributes of a primitive with operations after its own, which are destroyed. */
    private static dnnl_primitive_attr attributes(dnnl_post_ops operations) {
        dnnl_primitive_attr attributes = new dnnl_primitive_attr();
        check(dnnl_primitive_attr_create(attributes), "creating attributes");
        check(dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user), "setting attributes");
        check(dnnl_primitive_attr_set_post_ops(attributes, operations), "setting operations");
        dnnl_post_ops_destroy(operations);
        return attributes;
    }

    /** A memory descriptor for float32 with a format tag of oneDNN. The caller destroys it. */
    public static dnnl_memory_desc memoryDescriptor(int tag, long... dimensions) {
        dnnl_memory_desc descriptor = new dnnl_memory_desc();
        check(
                dnnl_memory_desc_create_with_tag(descriptor, dimensions.length, dimensions, dnnl_f32, tag),
                "describing memory");
        return descriptor;
    }

    /**
     * A memory descriptor for float32 with the distances of neighbours along every dimension, in floats. The caller
     * destroys it.
     */
    public static dnnl_memory_desc memoryDescriptor(long[] dimensions, long[] strides) {
        dnnl_memory_desc descriptor = new dnnl_memory_desc();
        check(
                dnnl_memory_desc_create_with_strides(descriptor, dimensions.length, dimensions, dnnl_f32, strides),
                "describing memory");
        return descriptor;
    }

    /**
     * Checks the status of a call of the library.
     *
     * @param what the work of the call, for the message
     * @throws IllegalStateException if the status is not success
     */
    public static void check(int status, String what) {
        if (status != 0) {
            throw new IllegalStateException("oneDNN failed at " + what + " (status " + status + ")");
        }
    }
}
