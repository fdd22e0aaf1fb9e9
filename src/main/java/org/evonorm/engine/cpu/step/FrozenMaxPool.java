package org.evonorm.engine.cpu.step;

import org.evonorm.engine.cpu.memory.Slices;
import org.evonorm.engine.cpu.memory.Tensor;
import org.evonorm.network.Operator;
import org.evonorm.network.Shape;

/** The values of an input at the places where another input's maxima are, of several equal ones the first as in oneDNN. */
record FrozenMaxPool(Operator.MaxPool pool, Tensor decisive, Tensor input, Tensor output) {

    /** Overwrites the worker's slice of the output. */
    void run(Slices slices, int worker) {
        int samples = slices.count(worker);
        Shape from = input.shape();
        Shape to = output.shape();
        float[] keys = new float[from.size()];
        float[] values = new float[from.size()];
        float[] pooled = new float[to.size()];
        for (int sample = slices.first(worker); sample < slices.first(worker) + samples; sample++) {
            decisive.floats().buffer().get(sample * keys.length, keys);
            input.floats().buffer().get(sample * values.length, values);
            for (int at = 0; at < pooled.length; at++) {
                pooled[at] = values[largest(keys, from, to, at)];
            }
            output.floats().buffer().put(sample * pooled.length, pooled);
        }
    }

    /** The index of the largest key in the window of an output. */
    private int largest(float[] keys, Shape from, Shape to, int at) {
        int channel = at % to.channels();
        int padding = (pool.kernel() - 1) / 2;
        int top = at / to.channels() / to.width() * pool.stride() - padding;
        int left = at / to.channels() % to.width() * pool.stride() - padding;
        int largest = -1;
        for (int y = Math.max(top, 0); y < Math.min(top + pool.kernel(), from.height()); y++) {
            for (int x = Math.max(left, 0); x < Math.min(left + pool.kernel(), from.width()); x++) {
                int index = (y * from.width() + x) * from.channels() + channel;
                largest = largest < 0 || keys[index] > keys[largest] ? index : largest;
            }
        }
        return largest;
    }
}
