package org.evonorm.engine.cpu.step;

import org.evonorm.engine.cpu.memory.Slices;
import org.evonorm.engine.cpu.memory.Tensor;
import org.evonorm.network.Shape;
import org.evonorm.network.Window;

/**
 * Max-pooling with frozen branches: the positions of the maxima come from one tensor, the values from another. Products
 * with the Hessian need it, since they are linearised on the branch taken at one point. Among equal maxima the first
 * counts, as in oneDNN.
 *
 * @param frozen the input at the point of linearisation [B, H, W, C], which decides on the positions
 * @param input  the input [B, H, W, C], which gives the values
 * @param output [B, H', W', C]
 */
record FrozenMaxPool(Window window, Tensor frozen, Tensor input, Tensor output) {

    /** Overwrites the worker's slice of the output. */
    void run(Slices slices, int worker) {
        int samples = slices.count(worker);
        Shape from = input.shape();
        Shape to = output.shape();
        float[] decisive = new float[from.size()];
        float[] values = new float[from.size()];
        float[] pooled = new float[to.size()];
        for (int sample = slices.first(worker); sample < slices.first(worker) + samples; sample++) {
            frozen.floats().buffer().get(sample * decisive.length, decisive);
            input.floats().buffer().get(sample * values.length, values);
            for (int out = 0; out < pooled.length; out++) {
                pooled[out] = values[argmax(decisive, from, to, out)];
            }
            output.floats().buffer().put(sample * pooled.length, pooled);
        }
    }

    /** The index of the largest value in the window of the output with index {@code out}; the first of equal ones. */
    private int argmax(float[] decisive, Shape from, Shape to, int out) {
        int channel = out % to.channels();
        int top = out / to.channels() / to.width() * window.stride()
                - window.padding().top();
        int left = out / to.channels() % to.width() * window.stride()
                - window.padding().left();
        int largest = -1;
        for (int y = Math.max(top, 0); y < Math.min(top + window.kernel(), from.height()); y++) {
            for (int x = Math.max(left, 0); x < Math.min(left + window.kernel(), from.width()); x++) {
                int index = (y * from.width() + x) * from.channels() + channel;
                largest = largest < 0 || decisive[index] > decisive[largest] ? index : largest;
            }
        }
        return largest;
    }
}
