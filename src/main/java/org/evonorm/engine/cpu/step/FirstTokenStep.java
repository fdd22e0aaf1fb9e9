package org.evonorm.engine.cpu.step;

import java.nio.FloatBuffer;
import java.util.Optional;
import org.evonorm.engine.cpu.memory.Slices;
import org.evonorm.engine.cpu.memory.Tensor;

/**
 * The first token of every sample, from [B, N, 1, C] to [B, 1, 1, C].
 *
 * @param outputDerivative absent in evaluation
 * @param inputDerivative  absent in evaluation
 * @param math             by worker
 */
public record FirstTokenStep(
        Slices slices,
        Tensor input,
        Tensor output,
        Optional<Tensor> outputDerivative,
        Optional<Derivative> inputDerivative,
        TensorMath[] math)
        implements Step {

    @Override
    public void forward(int worker) {
        float[] token = new float[output.shape().size()];
        for (int number = slices.first(worker); number < slices.first(worker + 1); number++) {
            input.floats().buffer().get(number * input.shape().size(), token);
            output.floats().buffer().put(number * token.length, token);
        }
    }

    @Override
    public void backward(int worker) {
        Derivative derivative = inputDerivative.orElseThrow();
        derivative.begin(slices, worker, math[worker]);
        FloatBuffer target = derivative.tensor().floats().buffer();
        float[] token = new float[output.shape().size()];
        float[] terms = new float[input.shape().size()];
        for (int number = slices.first(worker); number < slices.first(worker + 1); number++) {
            outputDerivative.orElseThrow().floats().buffer().get(number * token.length, token);
            int at = number * terms.length;
            // The other tokens get no derivative from here.
            if (derivative.accumulate()) {
                target.get(at, terms, 0, token.length);
                for (int i = 0; i < token.length; i++) {
                    terms[i] += token[i];
                }
                target.put(at, terms, 0, token.length);
            } else {
                System.arraycopy(token, 0, terms, 0, token.length);
                target.put(at, terms);
            }
        }
    }
}
