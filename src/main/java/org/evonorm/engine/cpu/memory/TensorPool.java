package org.evonorm.engine.cpu.memory;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.evonorm.network.Shape;

/**
 * The memory of the tensors of one plan, with reference counts, so that tensors which are not needed at the same time
 * share memory. Only tensors of the same size share memory: a worker's slice then has the same place in all of them, so
 * that workers need not wait for each other. Counts change while the plan is made, not while it runs.
 */
public final class TensorPool implements AutoCloseable {

    private final int batch;
    private final List<NativeFloats> all = new ArrayList<>();
    private final Map<Integer, Deque<NativeFloats>> free = new HashMap<>();
    private final IdentityHashMap<NativeFloats, Integer> references = new IdentityHashMap<>();

    /** A pool for tensors of {@code batch} samples. */
    public TensorPool(int batch) {
        this.batch = batch;
    }

    /** A tensor [batch, H, W, C] with one reference and undefined contents. */
    public Tensor acquire(Shape shape) {
        Deque<NativeFloats> sameSize = free.computeIfAbsent(shape.size(), absent -> new ArrayDeque<>());
        NativeFloats floats = sameSize.poll();
        if (floats == null) {
            floats = new NativeFloats((long) batch * shape.size());
            all.add(floats);
        }
        references.put(floats, 1);
        return new Tensor(floats, shape);
    }

    /** Adds a reference to the memory of a tensor. */
    public void retain(Tensor tensor) {
        references.merge(tensor.floats(), 1, Integer::sum);
    }

    /** Number of references to the memory of a tensor. */
    public int references(Tensor tensor) {
        return references.get(tensor.floats());
    }

    /** Removes a reference to the memory of a tensor. After the last one, other tensors may use the memory. */
    public void release(Tensor tensor) {
        if (references.merge(tensor.floats(), -1, Integer::sum) == 0) {
            free.get(tensor.shape().size()).push(tensor.floats());
        }
    }

    /** Returns all memory to the native memory pool. */
    @Override
    public void close() {
        all.forEach(NativeFloats::close);
    }
}
