package org.evonorm.engine.cpu.onednn;

import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_desc_clone;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_desc_destroy;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.bytedeco.dnnl.dnnl_primitive_desc;

/**
 * Descriptions of primitives, shared by the models of one process. For a new one oneDNN asks its implementations in turn, two
 * tenths of a millisecond, and a network has a hundred; the primitives themselves it remembers on its own.
 */
final class PrimitiveDescriptorCache {

    /** Descriptions that a process remembers, those used last; oneDNN remembers as many primitives. */
    private static final int REMEMBERED = 1024;

    private static final Map<Record, dnnl_primitive_desc> KNOWN = new LinkedHashMap<>(REMEMBERED, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Record, dnnl_primitive_desc> eldest) {
            if (size() <= REMEMBERED) {
                return false;
            }
            dnnl_primitive_desc_destroy(eldest.getValue());
            return true;
        }
    };

    private PrimitiveDescriptorCache() {}

    /**
     * A copy of a description, which the caller frees.
     *
     * @param key  all that the description depends on
     * @param make makes it where it is not known
     */
    static synchronized dnnl_primitive_desc get(Record key, Supplier<dnnl_primitive_desc> make) {
        dnnl_primitive_desc copy = new dnnl_primitive_desc();
        OneDnn.check(
                dnnl_primitive_desc_clone(copy, KNOWN.computeIfAbsent(key, absent -> make.get())),
                "copying a description");
        return copy;
    }
}
