package org.evonorm.engine.cpu.onednn;

import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_desc_clone;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_desc_destroy;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.bytedeco.dnnl.dnnl_primitive_desc;

/**
 * The cache of primitive descriptors, shared by the models of this process. For a new descriptor oneDNN asks its
 * implementations in turn, which takes 0.2 ms, and a network has about a hundred. oneDNN caches the
 * primitives itself.
 */
final class PrimitiveDescriptorCache {

    /** Number of descriptors in the cache, the most recently used ones; oneDNN's cache has as many primitives. */
    private static final int CACHE_SIZE = 1024;

    private static final Map<Record, dnnl_primitive_desc> CACHE = new LinkedHashMap<>(CACHE_SIZE, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Record, dnnl_primitive_desc> eldest) {
            if (size() <= CACHE_SIZE) {
                return false;
            }
            dnnl_primitive_desc_destroy(eldest.getValue());
            return true;
        }
    };

    private PrimitiveDescriptorCache() {}

    /**
     * A copy of a descriptor, which the caller destroys.
     *
     * @param key    everything that the descriptor depends on
     * @param create creates the descriptor if the cache does not have it
     */
    static synchronized dnnl_primitive_desc get(Record key, Supplier<dnnl_primitive_desc> create) {
        dnnl_primitive_desc copy = new dnnl_primitive_desc();
        OneDnn.check(
                dnnl_primitive_desc_clone(copy, CACHE.computeIfAbsent(key, absent -> create.get())),
                "copying a description");
        return copy;
    }
}
