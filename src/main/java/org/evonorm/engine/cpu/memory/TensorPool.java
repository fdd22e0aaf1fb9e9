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
 * Memory for tensors of one batch size while a plan is made, reused once nobody holds it. Only tensors of the same size
 * follow each other in the same memory: a worker's slice then always lies in the same place, so that workers need not wait
 * for each other.
 */
public final class TensorPool implements AutoCloseable {

    private final int batch;
    private final List<NativeFloats> all = new ArrayList<>();
    private final Map<Integer, Deque<NativeFloats>> free = new HashMap<>();
    private final Map<NativeFloats, Integer> holders = new IdentityHashMap<>();

    public TensorPool(int batch) {
        this.batch = batch;
    }

    /** A tensor with one holder. */
    public Tensor acquire(Shape shape) {
        Deque<NativeFloats> sameSize = free.computeIfAbsent(shape.size(), absent -> new ArrayDeque<>());
        NativeFloats floats = sameSize.poll();
        if (floats == null) {
            floats = new NativeFloats((long) batch * shape.size());
            all.add(floats);
        }
        holders.put(floats, 1);
        return new Tensor(floats, shape);
    }

    /** One more holder. */
    public void hold(Tensor tensor) {
        holders.merge(tensor.floats(), 1, Integer::sum);
    }

    /** Number of holders. */
    public int holders(Tensor tensor) {
        return holders.get(tensor.floats());
    }

    /** One holder less; without any, the memory is free for others. */
    public void release(Tensor tensor) {
        if (holders.merge(tensor.floats(), -1, Integer::sum) == 0) {
            free.get(tensor.shape().size()).push(tensor.floats());
        }
    }

    @Override
    public void close() {
        all.forEach(NativeFloats::close);
    }
}
